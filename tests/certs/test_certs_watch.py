"""Dates: notices at 90, 60, 30, 14 and 7 days, and a calendar that calendars can read."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from certs_rig import OFFICE, kept, key_of
from kaigo_certs import NOTICE_DAYS, Bundle, KeyPair, calendar, current, notice_of
from kaigo_certs.judging._dates import JAPAN, judge_dates, last_day, today_in_japan


@pytest.mark.parametrize(
    ("left", "code", "step"),
    [(91, "CERT_LISTED", None), (90, "CERT_NOTICE", 90), (61, "CERT_NOTICE", 90), (60, "CERT_NOTICE", 60),
     (30, "CERT_NOTICE", 30), (14, "CERT_NOTICE", 14), (8, "CERT_NOTICE", 14), (7, "CERT_NOTICE", 7),
     (0, "CERT_NOTICE", 7), (-1, "CERT_LAPSED", None)],
)  # fmt: skip
def test_each_day_has_its_notice(rig, tmp_path, left, code, step):
    _, [identity] = kept(rig, tmp_path)
    today = last_day(identity.leaf) - timedelta(days=left)
    found = notice_of(identity, today)
    assert (found.code, found.seen.get("step"), found.seen["days_left"]) == (code, step, left)


def test_days_are_counted_in_japan():
    class Leaf:
        not_valid_after_utc = datetime(2027, 3, 31, 15, 30, tzinfo=UTC)  # 00:30 on 1 April in Japan

    assert last_day(Leaf) == date(2027, 4, 1)


def test_a_certificate_that_ends_at_midnight_has_its_last_day_before():
    class Leaf:
        not_valid_after_utc = datetime(2027, 3, 31, 15, 0, tzinfo=UTC)  # 00:00 on 1 April in Japan

    assert last_day(Leaf) == date(2027, 3, 31)


def test_what_ended_this_morning_has_lapsed(rig, tmp_path):
    _, [identity] = kept(rig, tmp_path)
    _, leaf = rig.leaf(days=0, start=-400)
    assert notice_of(replace(identity, leaf=leaf), today_in_japan()).code == "CERT_LAPSED"


def test_of_two_that_end_on_the_same_day_the_one_issued_last_is_in_use(rig, tmp_path):
    """A re-issue, say after a revocation, may keep the end of the certificate that it replaces."""
    vault, _ = kept(rig, tmp_path, count=0)
    end = datetime.now(UTC).replace(microsecond=0) + timedelta(days=300)
    for start in (-5, -2, -9):
        key, leaf = rig.leaf(key=key_of("p256", start), start=start, end=end)
        vault.put(Bundle((KeyPair(leaf, key),)), OFFICE)
    chosen = vault.identity(OFFICE)
    assert (chosen.not_before - datetime.now(UTC)).days in {-2, -3}
    assert [i.sha256 for i in current(vault.identities())] == [chosen.sha256]
    assert vault.in_use(OFFICE).sha256 == chosen.sha256


def test_only_the_generation_that_ends_last_needs_notices(rig, tmp_path):
    vault, generations = kept(rig, tmp_path, count=3)
    assert [i.sha256 for i in current(vault.identities())] == [generations[2].sha256]


def test_the_calendar_has_one_event_with_five_alarms_and_folds_long_lines(rig, tmp_path):
    vault, generations = kept(rig, tmp_path, count=2)
    title = "介護保険証明書の有効期限（事業所番号 {office_number}）、更新申請には一か月ほどかかります; 早めに"
    text = calendar(vault.identities(), title=title, now=datetime(2026, 11, 22, tzinfo=UTC))
    lines = text.split("\r\n")
    assert all(len(line.encode()) <= 75 for line in lines)
    unfolded = text.replace("\r\n ", "").split("\r\n")
    assert unfolded.count("BEGIN:VEVENT") == 1
    assert [f"TRIGGER:-P{days}D" for days in NOTICE_DAYS] == [u for u in unfolded if u.startswith("TRIGGER")]
    assert f"DTSTART;VALUE=DATE:{last_day(generations[1].leaf):%Y%m%d}" in unfolded
    summary = next(u for u in unfolded if u.startswith("SUMMARY"))
    assert OFFICE in summary
    assert "\\;" in summary
    assert calendar([], title="x").count("BEGIN:VEVENT") == 0


@pytest.mark.parametrize(
    ("left", "code"),
    [(91, "CERT_VALID"), (90, "CERT_EXPIRES_SOON"), (0, "CERT_EXPIRES_SOON"), (-1, "CERT_EXPIRED")],
)
def test_the_last_day_is_still_a_good_day(rig, left, code):
    _, leaf = rig.leaf(days=500)
    found = judge_dates(leaf, last_day(leaf) - timedelta(days=left))
    assert found.code == code


def test_a_certificate_is_not_valid_before_its_first_day_in_japan(rig):
    _, leaf = rig.leaf(days=500)
    first = leaf.not_valid_before_utc.astimezone(JAPAN).date()
    assert judge_dates(leaf, first).code == "CERT_VALID"
    assert judge_dates(leaf, first - timedelta(days=1)).code == "CERT_NOT_YET_VALID"


def test_a_calendar_program_reads_it_and_a_renewal_moves_the_same_event(rig, tmp_path):
    icalendar = pytest.importorskip("icalendar")
    vault, [old] = kept(rig, tmp_path)
    key, leaf = rig.leaf(key=key_of("p256", "renewed"), days=1400, start=10)
    renewed = vault.put(Bundle((KeyPair(leaf, key),)), OFFICE)

    def event(identity):
        read = icalendar.Calendar.from_ical(calendar([identity], title="証明書の期限、{office_number}; 更新"))
        [found] = read.walk("VEVENT")
        assert not read.errors
        assert not found.errors
        return found

    first, second = event(old), event(renewed)
    assert first["SUMMARY"] == f"証明書の期限、{OFFICE}; 更新"
    assert second.decoded("DTSTART") == last_day(leaf)
    assert [-alarm.decoded("TRIGGER").days for alarm in second.subcomponents] == list(NOTICE_DAYS)
    assert first["UID"] == second["UID"]
    assert second["SEQUENCE"] > first["SEQUENCE"]
