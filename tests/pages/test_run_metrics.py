"""A line of a run's metrics: values of one metric that differ never look the same."""

from __future__ import annotations

from sitegen.pages.run_metrics import metric_line
from tests.analysis.builders import summary


def test_values_of_one_metric_are_written_with_as_many_digits_as_tell_them_apart() -> None:
    line = metric_line("acc", summary(0.9999912, 0.9999914, 0.9999913), "")
    assert (line.first, line.min, line.max, line.last) == ("0.9999912", "0.9999912", "0.9999914", "0.9999913")


def test_four_digits_do_where_they_tell_values_apart() -> None:
    line = metric_line("loss", summary(0.123456, 0.2), "")
    assert (line.first, line.last) == ("0.1235", "0.2")


def test_the_step_of_a_single_point_is_said_where_one_was_given() -> None:
    single = summary(0.25)
    assert metric_line("loss", single, "").last_full == "0.25"
    assert metric_line("loss", single._replace(last_step=7), "").last_full == "0.25 at step 7"
    assert metric_line("loss", summary(0.5, 0.25), "").last_full == "0.25 at step 1"
