from server.domain.notifications import KINDS, Quiet, Wishes, chosen, read, written


def test_who_never_chose_is_told_of_everything_at_any_hour() -> None:
    wishes = read(None)
    assert all(wishes.tells(kind) for kind in KINDS)
    assert not wishes.quiet.on


def test_what_is_written_is_read_again() -> None:
    wishes = Wishes({"click": False}, Quiet(True, "22:00", "06:30"))
    assert written(read(written(wishes))) == written(wishes)
    assert not read(written(wishes)).tells("click")


def test_one_choice_leaves_the_others() -> None:
    first = chosen(Wishes(), {"click": False}, None)
    second = chosen(first, {"reply": False}, Quiet(on=True))
    assert [kind for kind in KINDS if not second.tells(kind)] == ["click", "reply"]
    assert second.quiet.on
    assert chosen(second, {"click": True}, None).quiet == second.quiet


def test_a_kind_that_is_no_more_is_forgotten() -> None:
    kept = {"kinds": {"fax": False, "click": False}, "quiet": {"on": False, "start": "19:00", "end": "08:00"}}
    assert "fax" not in written(read(kept))["kinds"]
