"""The worker: every blocking call has its own limit, and what it held is freed when it comes back."""

from __future__ import annotations

import threading
import time

import pytest
from kaigo_card_reader import DriverError
from kaigo_card_reader.drivers._worker import Worker, limited


def test_a_call_gives_its_value_and_raises_its_error():
    worker = Worker(lambda: None)
    assert worker.call(lambda: 7, 5, "here") == 7
    with pytest.raises(ZeroDivisionError):
        worker.call(lambda: 1 // 0, 5, "here")
    assert worker.call(lambda: 8, 5, "here") == 8
    worker.close()


def test_a_hanging_call_is_named_by_its_step_and_freed_once_it_comes_back():
    gate, freed = threading.Event(), threading.Event()
    worker = Worker(freed.set)
    with pytest.raises(DriverError) as trouble:
        worker.call(gate.wait, 0.05, "transmit")
    assert (trouble.value.reason, trouble.value.where) == ("READER_HUNG", "transmit")
    assert not freed.is_set()
    gate.set()
    assert freed.wait(5)


def test_after_a_hanging_call_no_other_is_made():
    gate = threading.Event()
    worker = Worker(lambda: None)
    with pytest.raises(DriverError):
        worker.call(gate.wait, 0.05, "transmit")
    with pytest.raises(DriverError):
        worker.call(lambda: pytest.fail("was called"), 5, "next")
    gate.set()


def test_a_long_job_of_short_calls_is_not_a_hanging_one():
    worker = Worker(lambda: None)

    def job() -> int:
        return sum(worker.call(lambda: time.sleep(0.02) or 1, 0.3, "step") for _ in range(30))

    assert worker.inside(job, 0.3) == 30  # twice the limit in all
    worker.close()


def test_a_hanging_call_within_a_job_is_named_and_the_job_unwound():
    gate, freed, after = threading.Event(), threading.Event(), []
    worker = Worker(freed.set)

    def job() -> None:
        worker.call(lambda: None, 0.1, "first")
        worker.call(gate.wait, 0.1, "second")
        after.append("went on though it had been given up")

    with pytest.raises(DriverError) as trouble:
        worker.inside(job, 0.1)
    assert trouble.value.where == "second"
    gate.set()
    assert freed.wait(5)
    assert after == []


def test_closing_twice_frees_once():
    freed = []
    worker = Worker(lambda: freed.append(1))
    worker.close()
    worker.close()
    limited(lambda: None, 5, "anything")
    for _ in range(500):
        if freed:
            break
        time.sleep(0.01)
    assert freed == [1]
