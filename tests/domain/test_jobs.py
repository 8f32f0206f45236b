from server.domain.jobs import delay_after


def test_delays_double_up_to_a_quarter_of_an_hour_and_respect_a_wish() -> None:
    assert [delay_after(attempts, 0).total_seconds() for attempts in (1, 2, 3, 9, 10, 500)] == [2, 4, 8, 512, 900, 900]
    assert delay_after(1, 1).total_seconds() == 1.5
    assert delay_after(1, 0, retry_after=60).total_seconds() == 60
