from server.domain.preferences import Preferences, chosen, read, written


def test_who_never_chose_has_the_defaults() -> None:
    assert read(None) == Preferences()
    assert read({}) == Preferences()


def test_what_is_written_is_read_again() -> None:
    preferences = Preferences(suggestions=False, digest=True, digest_at="06:45", density="roomy", sends_a_minute=3)
    assert read(written(preferences)) == preferences


def test_one_choice_leaves_the_others() -> None:
    first = chosen(Preferences(), {"suggestions": False})
    assert chosen(first, {"density": "roomy"}) == Preferences(suggestions=False, density="roomy")


def test_a_preference_that_is_no_more_is_forgotten_and_a_new_one_has_its_default() -> None:
    assert read({"digest": True, "colour": "red"}) == Preferences(digest=True)
