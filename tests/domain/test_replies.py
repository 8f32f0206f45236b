import pytest

from server.domain.bounces import DeliveryStatus, judge_recipient
from server.domain.replies import AutoReply, Bounce, InboundMail, Other, Reply, judge, referenced_ids


def mail(author: str = "ann@buyer.example", report_type: str = "", **headers: str) -> InboundMail:
    named = {name.replace("_", "-"): [value] for name, value in headers.items()}
    return InboundMail(named, author, report_type=report_type)


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"in_reply_to": "<1@x>", "auto_submitted": "no"},
        {"auto_submitted": "No; owner-email=x"},
        {"in_reply_to": "<1@x>", "precedence": "list", "list_id": "<l.example>"},
        {"references": "<1@x>", "precedence": "list"},
        {"in_reply_to": "<1@x>", "precedence": "bulk", "list_post": "<mailto:l@x>"},
        {"in_reply_to": "<1@x>", "precedence": "bulk", "user_agent": "Mutt/1.4"},
        {"in_reply_to": "<1@x>", "x_auto_response_suppress": "DR, OOF, AutoReply", "x_mailer": "Microsoft Outlook 16.0"},
        {"x_auto_response_suppress": "None"},
        {"return_path": "<ann@buyer.example>", "subject": "Automatic reply: Out of office"},
        {"precedence": "first-class"},
        {"in_reply_to": "<1@x>", "precedence": "bulk", "sender": "owner-talk@list.example"},
        {"in_reply_to": "<1@x>", "precedence": "bulk", "return_path": "<talk-owner+m1@list.example>"},
        {"x_autoreply": "no"},
    ],
)
def test_a_persons_reply_is_never_taken_for_a_machines(headers: dict[str, str]) -> None:
    assert judge(mail(**headers)) == Reply()


@pytest.mark.parametrize(
    ("headers", "sign"),
    [
        ({"auto_submitted": "auto-replied"}, "auto-submitted"),
        ({"auto_submitted": "auto-generated (vacation)", "in_reply_to": "<1@x>", "x_mailer": "Outlook"}, "auto-submitted"),
        ({"auto_submitted": "auto-replied", "precedence": "list", "list_id": "<l>"}, "auto-submitted"),
        ({"x_autoreply": "yes"}, "x-autoreply"),
        ({"x_autorespond": "Out of office"}, "x-autorespond"),
        ({"precedence": "auto_reply"}, "precedence"),
        ({"precedence": "bulk", "in_reply_to": "<1@x>"}, "precedence"),
        ({"precedence": "junk"}, "precedence"),
        ({"x_auto_response_suppress": "All", "in_reply_to": "<1@x>"}, "x-auto-response-suppress"),
        ({"return_path": "<>"}, "return-path"),
    ],
)
def test_automatic_replies_are_told_by_their_headers(headers: dict[str, str], sign: str) -> None:
    assert judge(mail(**headers)) == AutoReply(sign)


def test_a_lists_own_post_and_a_receipt_are_nothing_for_the_feed() -> None:
    assert judge(mail(precedence="list")) == Other("list")
    assert judge(mail(precedence="bulk", x_list_name="news")) == Other("list")
    assert judge(mail(report_type="disposition-notification")) == Other("receipt")
    assert judge(mail(report_type="feedback-report")) == Other("report")


def test_a_person_named_postmaster_may_reply() -> None:
    assert judge(mail("postmaster@buyer.example", in_reply_to="<1@x>")) == Reply()
    assert judge(mail("postmaster@buyer.example", return_path="<>")) == Bounce(())


def test_failed_recipients_in_the_header_count_only_from_a_mail_system() -> None:
    verdict = judge(mail("mailer-daemon@googlemail.com", x_failed_recipients="a@b.example, C@d.example"))
    assert isinstance(verdict, Bounce)
    assert [(one.address, one.state) for one in verdict.recipients] == [("a@b.example", "failed"), ("c@d.example", "failed")]
    assert judge(mail(x_failed_recipients="a@b.example")) == Reply()


@pytest.mark.parametrize(
    ("action", "status", "diagnostic", "state", "code"),
    [
        ("failed", "5.1.1", "550 no such user", "failed", "no-such-user"),
        ("failed", "5.1.10", "550 5.1.10 RESOLVER.ADR.RecipientNotFound", "failed", "no-such-user"),
        ("failed", "5.4.1", "550 5.4.1 Recipient address rejected: Access denied", "failed", "no-such-user"),
        ("failed", "5.0.0", "554 delivery error: dd This user doesn't have a buyer.example account", "failed", "no-such-user"),
        ("failed", "5.1.2", "host not found", "failed", "no-such-domain"),
        ("failed", "5.2.2", "552 over quota", "failed", "mailbox-full"),
        ("failed", "4.2.2", "452 4.2.2 The recipient's inbox is out of storage space", "failed", "mailbox-full"),
        ("failed", "5.0.0", "552 5.2.2 Mailbox full", "failed", "mailbox-full"),
        ("failed", "5.2.1", "550 5.2.1 account disabled", "failed", "disabled"),
        ("failed", "5.7.1", "550 5.7.1 Message rejected as spam", "failed", "blocked"),
        ("failed", "5.3.4", "552 message too big", "failed", "too-large"),
        ("failed", "4.4.7", "delivery time expired", "failed", "no-answer"),
        ("failed", "", "", "failed", "other"),
        ("", "5.1.1", "", "failed", "no-such-user"),
        ("", "4.0.0", "", "delayed", "delayed"),
        ("Delayed", "4.2.0", "450 4.2.0 Greylisted", "delayed", "delayed"),
        ("relayed", "2.0.0", "250 ok", "relayed", "relayed"),
        ("delivered", "2.0.0", "", "delivered", "delivered"),
        ("expanded", "2.0.0", "", "delivered", "delivered"),
        ("", "", "", "failed", "other"),
    ],
)
def test_a_recipients_state_follows_the_notifications_fields(
    action: str, status: str, diagnostic: str, state: str, code: str
) -> None:
    judged = judge_recipient(DeliveryStatus("a@b.example", "", action, status, diagnostic))
    assert (judged.state, judged.code) == (state, code)


def test_references_start_with_what_is_answered() -> None:
    answer = InboundMail(
        {"in-reply-to": ["<2@x>"], "references": ["<1@x> <2@x>\t<bad id> <3@x>"]}, "a@b.example", returned_ids=("<0@x>",)
    )
    assert referenced_ids(answer) == ("<0@x>", "<2@x>", "<3@x>", "<1@x>")
