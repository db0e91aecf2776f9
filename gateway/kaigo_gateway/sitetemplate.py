"""The commented site file that ``setup new`` writes, in the user's language."""

from __future__ import annotations

from typing import Final

from kaigo_gateway.i18n import N_, gettext

_HEADS: Final = ("# kaigo-gateway", "#")

_LINES: Final = (
    ("# kaigo-gateway", N_("site file: one office, its certificate, its endpoints, what was charged.")),
    ("#", N_("Relative paths are relative to this file. Lines with # are comments.")),
    ("schema = 1", ""),
    ('programme = "kiban-office"', N_("grant programme to assess")),
    ("", ""),
    ("[office]", N_("the care office (it is the applicant of the grant)")),
    ('number = ""', N_("office number, ten characters, as text")),
    ('name = ""', ""),
    ("services = []", N_('service type codes as text, for example ["11", "15"]')),
    ("nonprofit = false", N_("true for a social welfare corporation and the like")),
    ("", ""),
    ("[supporter]", N_("who does the set-up")),
    ('name = ""', ""),
    ('# registration_number = "T1234567890123"', N_("qualified invoice issuer, T and 13 digits")),
    ("", ""),
    ("[certificate]", N_("the client certificate as it was downloaded")),
    ('file = "client.p12"', ""),
    (
        'password = { "$file" = "client-password.txt" }',
        N_('or {{ "$env" = "NAME" }}; never the password itself'),
    ),
    ('# issuer_file = "issuer.pem"', N_("issuer certificates that the service accepts, for a dry run")),
    ('stores = ["vault"]', N_("where it is installed: vault, nss, windows, macos")),
    ("", ""),
    ("[network]", ""),
    ('# proxy = "http://proxy.example:8080"', N_('default: the environment; "none" for a direct connection')),
    ("", ""),
    ("[platform]", N_("the address of the service is not built in: take it from the operator's procedure")),
    ('# url = "https://..."', ""),
    ("", ""),
    ("[careplan]", ""),
    ('route = "client"', N_("client (today), web (after the move of January 2027), api")),
    ('# url = "https://..."', N_("only where a counterpart for a rehearsal exists")),
    ("", ""),
    ("# [[expenses]]", N_("one block per line of the receipt; amounts in yen, tax included")),
    ('# kind = "card_reader"', N_("card_reader, connection_support, careplan_support, other")),
    ('# description = ""', ""),
    ('# model = ""', N_("readers: model name as on the receipt")),
    ("# quantity = 1", ""),
    ("# amount = 0", ""),
    ("# incurred_on = 2026-11-22", ""),
    ('# condition = "new"', N_("new, used, leased")),
    ("# compatible = true", N_("readers: works with the identity app")),
    ("#", ""),
    ("# [[expenses]]", ""),
    ('# kind = "connection_support"', ""),
    (
        '# item = "web_service_setup"',
        N_("reader_check, app_setup, web_service_setup, user_rights, careplan_link, approved_other"),
    ),
    ('# description = ""', N_("name the work; never a lump sum")),
    ("# amount = 0", ""),
    ("# incurred_on = 2026-11-22", ""),
)


def site_template() -> str:
    """The text of a new site file. Its empty values are refused by ``setup run`` with their place."""
    return "".join(_line(text, comment) for text, comment in _LINES)


def _line(text: str, comment: str) -> str:
    if not comment:
        return f"{text}\n"
    said = gettext(comment).replace("{{", "{").replace("}}", "}")
    return f"{text} {said}\n" if text in _HEADS else f"{text}  # {said}\n"
