"""Japanese lines on a terminal: two columns a sign, no full stop at a beginning, help in one language."""

from __future__ import annotations

import click
import pytest
from kaigo_gateway.cli import _COMMANDS, root
from kaigo_gateway.cli.columns import columns, fold, fold_hanging, paragraphs
from kaigo_gateway.cli.localise import first_sentence, localise
from kaigo_gateway.i18n import use_language


def commands(language):
    """Every command and subcommand, localised, by its path."""
    with use_language(language):
        context = click.Context(localise(root))
        todo = [(name, root.get_command(context, name)) for name in root.list_commands(context)]
        found = {"kaigo-gateway": root}
        while todo:
            path, command = todo.pop()
            found[path] = command
            todo += [(f"{path} {name}", child) for name, child in getattr(command, "commands", {}).items()]
    return found


def japanese(text):
    return columns(text) > len(text)


def test_folded_lines_are_never_wider_than_wanted_and_lose_nothing():
    text = "模擬サービスが証明書を求めます。書類にはすべて「模擬」と表示。kaigo-gateway setup new です。"
    for width in range(20, 90):
        lines = list(fold(text, width))
        assert "".join(lines).replace(" ", "") == text.replace(" ", "")
        assert max(map(columns, lines)) <= width
        assert not [line for line in lines if line[0] in "。、」）"]
        assert not [line for line in lines if line.rstrip()[-1] in "「（"]


def test_a_path_stays_whole_even_where_it_is_wider_than_the_terminal():
    path = "/tmp/" + "long-name" * 9
    assert path in list(fold(f"書類：{path} です", 30)) or any(
        path in line for line in fold(f"書類 {path}", 30)
    )


def test_what_runs_over_stands_below_the_text_and_not_below_the_mark():
    lines = list(fold_hanging(["  [正常] あいうえおかきくけこさしすせそたちつてと"], 30))
    assert lines == ["  [正常] あいうえおかきくけこ", "         さしすせそたちつてと"]


def test_paragraphs_join_their_lines_by_the_rules_of_the_language():
    assert list(paragraphs("one\ntwo\n\n日本\n語\n\n\b\na\n b")) == [
        ("one two", False),
        ("日本語", False),
        ("a\n b", True),
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("一覧を表示します。続きです。", "一覧を表示します"),
        ("Standard 4.1 files. More.", "Standard 4.1 files"),
        ("a label", "a label"),
    ],
)
def test_a_list_of_commands_says_the_first_sentence(text, expected):
    assert first_sentence(text) == expected


def test_every_command_and_option_explains_itself_in_japanese():
    english = []
    for path, command in commands("ja").items():
        texts = {"help": command.help, "summary": command.short_help}
        texts |= {p.opts[0]: p.help for p in command.params if isinstance(p, click.Option)}
        english += [f"{path} {where}: {text}" for where, text in texts.items() if not japanese(text or "")]
    assert not english


def test_one_process_can_speak_both_languages_in_turn():
    before = commands("en")["plugins list"].help
    commands("ja")
    assert not japanese(before)
    assert commands("en")["plugins list"].help == before


def unbreakable(line):
    """A list of choices such as ``[home-1|home-2|...]`` is one word."""
    return max(map(columns, line.split())) > 60


def test_no_help_page_is_wider_than_the_terminal():
    wide = []
    for path, command in commands("ja").items():
        with use_language("ja"):
            page = command.get_help(command.context_class(command, info_name=path, terminal_width=78))
        wide += [
            f"{path}: {line}" for line in page.splitlines() if columns(line) > 80 and not unbreakable(line)
        ]
    assert not wide
    assert set(_COMMANDS) <= set(commands("ja"))
