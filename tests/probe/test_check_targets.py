"""``check platform --targets``: the whole list, its exit code, and a certificate from the vault."""

import json
import signal
import subprocess
import sys

import pytest
from click.testing import CliRunner
from kaigo_gateway.cli.check import check
from kaigo_gateway.probe import forget_contexts
from kaigo_gateway.probe.counterpart import Reply, raw_server, server_context, serving, unused_port
from kaigo_gateway.probe.counterpart._raw import silent
from probe_rig import Office


@pytest.fixture(scope="module")
def office(tmp_path_factory):
    return Office(tmp_path_factory.mktemp("office"))


@pytest.fixture
def run(monkeypatch):
    def run(*arguments):
        monkeypatch.setattr("kaigo_gateway.cli.without_plugins", lambda _ctx: ())
        return CliRunner().invoke(check, ["platform", *map(str, arguments)])

    return run


def listing(tmp_path, *urls):
    file = tmp_path / "targets.txt"
    file.write_text("\n".join(urls), encoding="utf-8")
    return file


def test_each_target_is_a_result_and_the_gravest_decides(run, office, tmp_path):
    context = server_context(*office.pki.issue())
    with serving(context, lambda _: Reply(200)) as port:
        file = listing(
            tmp_path, f"https://localhost:{port}/ open", f"https://localhost:{unused_port()}/ shut"
        )
        done = run("--targets", file, "--ca-file", office.pki.root_pem, "--json")
    report = json.loads(done.stdout)
    assert done.exit_code == 1
    assert {each["subject"]: each["reason_code"] for each in report["results"]} == {
        "open": "TLS_CLIENT_CERT_NOT_ASKED",
        "shut": "TCP_REFUSED",
    }
    assert report["schema"] == "kaigo-gateway/report/1"
    assert report["results"][0]["phases"]


def test_text_is_printed_line_by_line(run, tmp_path):
    done = run("--targets", listing(tmp_path, f"https://localhost:{unused_port()}/"))
    assert done.exit_code == 1
    assert done.stdout.splitlines()[1:] == [
        "[FAIL] 0 of 1 checked are in order (1 in the list): TCP_REFUSED 1"
    ]
    assert "TCP_REFUSED" in done.stdout


def test_a_bad_line_is_wrong_use_before_anything_is_sent(run, tmp_path):
    lines = (f"https://localhost:{unused_port()}/", "nonsense", "# no", "http://a.example/")
    done = run("--targets", listing(tmp_path, *lines))
    assert "TCP_REFUSED" not in done.output
    assert [each.values["line"] for each in (done.exception, *done.exception.others)] == [2, 4]


def test_a_list_without_an_address_is_wrong_use(run, tmp_path):
    assert "names none" in str(run("--targets", listing(tmp_path, "# later")).exception)


def test_a_list_as_excel_saves_it_is_read(run, tmp_path):
    file = tmp_path / "targets.txt"
    file.write_bytes(f"https://localhost:{unused_port()}/ さくら訪問介護".encode("cp932"))
    assert "さくら訪問介護" in run("--targets", file).stdout
    file.write_text("https://localhost/ x", encoding="utf-16")
    assert "cannot be read" in str(run("--targets", file).exception)


def test_ctrl_c_tells_what_is_known_and_ends_at_once(tmp_path):
    """In a process of its own: the first target answers, the second says nothing for ten seconds."""
    with raw_server(silent) as port:
        file = listing(tmp_path, f"https://localhost:{unused_port()}/", f"https://localhost:{port}/")
        command = [
            sys.executable,
            "-m",
            "kaigo_gateway",
            "--lang",
            "en",
            "check",
            "platform",
            "--targets",
            str(file),
        ]
        told = subprocess.Popen(
            command,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509 - no threads here; tests started in the background ignore Ctrl-C
        )
        first = told.stdout.readline()
        told.send_signal(signal.SIGINT)
        rest, notes = told.communicate(timeout=30)
    assert "TCP_REFUSED" in first
    assert rest.startswith("[ERROR] 0 of 1 checked are in order (2 in the list)")
    assert (told.returncode, "Interrupted" in notes, "resume" in notes) == (3, True, False)


def test_mozillas_list_can_be_chosen(run, office, tmp_path, monkeypatch):
    """The system's store is told to trust the service; Mozilla's list does not know it."""
    monkeypatch.setenv("SSL_CERT_FILE", str(office.pki.root_pem))
    forget_contexts()
    with serving(server_context(*office.pki.issue()), lambda _: Reply(200)) as port:
        file = listing(tmp_path, f"https://localhost:{port}/")
        told = [run("--targets", file, "--trust", each).stdout for each in ("system", "certifi")]
    forget_contexts()
    assert "TLS_CLIENT_CERT_NOT_ASKED" in told[0]
    assert "TLS_SERVER_CA_UNKNOWN" in told[1]


@pytest.mark.parametrize("arguments", [[], ["--site", "a.toml", "--targets", "b.txt"]])
def test_either_a_site_or_a_list(run, arguments):
    assert run(*arguments).exit_code == 2


def test_the_certificate_of_an_office_is_shown(run, office, tmp_path, monkeypatch):
    identity = office.client()

    class Opened:
        """A Gateway as far as this command asks for one."""

        vault = property(lambda self: self)

        async def __aenter__(self):
            return self

        async def __aexit__(self, *_):
            return None

        async def identity(self, number):
            return identity if number == "1370000001" else None

    monkeypatch.setattr("kaigo_gateway.cli.check.open_gateway", lambda _ctx: Opened())
    context = server_context(*office.pki.issue(), client_ca=office.pki.root_pem)
    with serving(context, lambda _: Reply(200)) as port:
        file = listing(tmp_path, f"https://localhost:{port}/")
        options = ("--targets", file, "--ca-file", office.pki.root_pem)
        shown = run(*options, "--office", "1370000001")
        refused = run(*options)
        unknown = run(*options, "--office", "1379999996")
    assert (shown.exit_code, refused.exit_code) == (0, 1)
    assert "HTTP_OK" in shown.stdout
    assert "TLS_CLIENT_CERT_REQUIRED" in refused.stdout
    assert "1379999996" in str(unknown.exception)
