"""Which lines of the table stand for which row of the research on who asks for pictures and links."""

from tests.domain.cases.requests import PREVIEWERS, SCANNERS

_NETWORKS = [case.name for case in SCANNERS if case.name.startswith("an ordinary browser from scanner-")]

ROWS: dict[str, list[str]] = {
    "B own": ["own browser", "own office"],
    "B proxy-human": ["Gmail", "Yahoo"],
    "B machine: Gmail prefetch": ["Gmail's prefetch"],
    "B machine: Apple MPP": ["Apple's relay in relay-36183, bare", "Apple's relay in relay-54113, web kit"],
    "B machine: scanner": [*_NETWORKS, "one link at Microsoft without any sign", "two links at Microsoft in a second"],
    "B machine: behaviour": [
        "three of five links in 8 s",
        "a hidden link",
        "9 s after delivery",
        "HEAD by a browser",
        "Sec-Purpose: prefetch",
    ],
    "B previewer": [case.name for case in PREVIEWERS],
    "B human": ["Chrome over comcast", "Outlook over comcast"],
    "B DNT and GPC": ["DNT does not change who it was", "GPC neither"],
    "B later evidence": ["every link in 3 s, and the person two minutes later"],
    "4b Gmail image proxy": ["Gmail", "opened once, then out of Google's cache", "Gmail's proxy, at Google over IPv6"],
    "4b Gmail prefetch": ["the prefetch, then the reader"],
    "4b Apple MPP": ["Apple's proxy, then the reader's click through the relay", "a bare agent, no network data"],
    "4b Yahoo": ["Yahoo's proxy from Yahoo"],
    "4b Outlook desktop": ["Outlook over comcast", "Outlook's agent at Microsoft, at the click"],
    "4b Defender, Safe Links": ["the same at Microsoft, delivery known", "Microsoft 40 ms behind the click"],
    "4b Proofpoint": ["an ordinary browser from scanner-22843", "an ordinary browser from scanner-52129"],
    "4b Mimecast": ["an ordinary browser from scanner-30031", "an ordinary browser from scanner-397726"],
    "4b Barracuda": ["an ordinary browser from scanner-15324", "Barracuda on a rented machine"],
    "4b others": ["an ordinary browser from scanner-13448", "a person behind a company's web gateway"],
    "4b previewers": [case.name for case in PREVIEWERS],
    "4b HEAD, prefetch, prerender": ["HEAD on a link", "Sec-Purpose: prefetch;prerender"],
    "4b DNT, Sec-GPC": ["DNT does not change who it was", "GPC neither"],
    "4b T1 too soon": ["4 s after sending", "before delivery"],
    "4b T2 many links": ["every link in 3 s", "three of five links in 8 s"],
    "4b T3 click without a view": ["the cached picture makes no request, the click comes alone"],
    "4b T4 hidden link": ["clicks around a hidden link"],
    "4b T5 same within a second": ["Microsoft 200 ms ahead of the click"],
    "4b T6 scanner's network": ["a scanner that says iPhone"],
    "4b T7 HEAD and prefetch": ["HEAD by a script", "X-Moz: prefetch"],
}

SCANNER_NETWORKS = (
    *(13916, 22843, 26211, 52129),  # Proofpoint
    *(30031, 33538, 37235, 39588, 42427, 60492, 136792, 208638, 397726),  # Mimecast
    *(15324, 16417, 30215, 30238, 40427, 13448, 42465, 43251, 44444),  # Barracuda, Cisco IronPort, Forcepoint
    *(16880, 132229, 54538, 40934, 53780, 33151),  # Trend Micro, Palo Alto, Fortinet, AppRiver, Trustwave
)
