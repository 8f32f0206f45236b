"""What kind of network an address belongs to, by its number first, by its owner's name second.

The tables hold only numbers whose owner was read in a public ASN list. A name decides only by words that
leave little doubt; everything else is of unknown kind, which counts neither for nor against anybody.
"""

import re
from functools import lru_cache

from server.domain.engagement import Network, NetworkKind

GOOGLE = frozenset({15169})

SCANNERS: dict[int, str] = {
    **dict.fromkeys((13916, 22843, 26211, 52129), "Proofpoint"),
    **dict.fromkeys((30031, 33538, 37235, 39588, 42427, 60492, 136792, 208638, 397726), "Mimecast"),
    15324: "Barracuda",
    **dict.fromkeys((16417, 30215, 30238, 40427), "Cisco IronPort"),
    **dict.fromkeys((13448, 42465, 43251, 44444), "Forcepoint"),
    **dict.fromkeys((16880, 132229), "Trend Micro"),
    54538: "Palo Alto Networks",
    40934: "Fortinet",
    53780: "AppRiver",
    33151: "Trustwave",
}

# fmt: off
_KINDS: dict[NetworkKind, frozenset[int]] = {
    NetworkKind.SCANNER: frozenset(SCANNERS),
    NetworkKind.PROXY: GOOGLE,
    NetworkKind.RELAY: frozenset({36183, 20940, 13335, 54113}),
    NetworkKind.MICROSOFT: frozenset({8075, 8068, 8069}),
    NetworkKind.GATEWAY: frozenset({22616, 53813, 62044, 55256, 36692}),
    NetworkKind.HOSTING: frozenset({
        16509, 14618, 396982, 14061, 16276, 24940, 213230, 63949, 20473, 9009, 60068, 212238, 60781, 28753, 30633,
        31898, 45102, 37963, 132203, 45090, 12876, 51167, 8560, 27357, 33070, 36351, 29802, 46606, 26496, 55286,
        202053, 8100, 53667, 197540, 47583, 136907, 55990, 396356, 26347,
    }),
    NetworkKind.MOBILE: frozenset({
        21928, 22394, 20057, 206067, 25135, 51207, 9605, 24158, 9674, 17421, 132618, 45143, 26615, 55644, 45271, 55836,
        16135, 39603, 43447,
    }),
    NetworkKind.HOME: frozenset({
        7922, 7018, 701, 20115, 11427, 22773, 20001, 10796, 33363, 11351, 12271, 5650, 209, 7843, 3215, 12322, 15557, 5410,
        2856, 5089, 5607, 6871, 13285, 3320, 3209, 6805, 8881, 31334, 3352, 12479, 12430, 3269, 30722, 12874, 1267, 3462,
        9924, 4780, 17709, 1136, 33915, 5432, 6848, 3303, 6730, 4713, 2516, 17676, 577, 812, 852, 6327, 1221, 7545, 3301,
        2119, 3292, 1759, 5617, 8447, 5483, 18881, 28573, 27699, 7738, 8151, 9829, 24560, 4766, 3786, 9318, 4134, 4837,
        2860, 3243, 12353, 8402, 60294,
    }),
}
# fmt: on
_BY_ASN = {asn: kind for kind, numbers in _KINDS.items() for asn in numbers}

# The first that matches wins: "Proofpoint Hosting" is a scanner, "Mobile Cloud Hosting" a data centre.
_BY_NAME: tuple[tuple[NetworkKind, re.Pattern[str]], ...] = tuple(
    (kind, re.compile(rf"\b(?:{words})\b", re.IGNORECASE))
    for kind, words in (
        (
            NetworkKind.SCANNER,
            r"proofpoint|mimecast|barracuda networks|ironport|forcepoint|trend ?micro|appriver|trustwave|messagelabs|sophos"
            r"|hornetsecurity|retarus|cyren",
        ),
        (NetworkKind.GATEWAY, r"zscaler|netskope|opendns|cisco umbrella|iboss|menlo security"),
        (NetworkKind.PROXY, r"yahoo"),
        (NetworkKind.MICROSOFT, r"microsoft"),
        (NetworkKind.RELAY, r"icloud private relay"),
        (
            NetworkKind.HOSTING,
            r"hosting|webhosting|cloud|vps|data ?cent(?:er|re)s?|datacamp|colocation|dedicated servers?|servers?|vpn"
            r"|amazon|aws|digitalocean|ovh|hetzner|linode|vultr|choopa|leaseweb|contabo|scaleway|rackspace|ionos|alibaba|tencent"
            r"|softlayer|equinix|liquid ?web|godaddy|dreamhost|namecheap|bluehost|unified layer|hostinger|hostwinds|hostgator"
            r"|interserver|quadranet|psychz|colocrossing|frantech|netcup|strato|gandi|infomaniak|upcloud|kamatera|exoscale"
            r"|clouvider|voxility|m247|cdn77|zenlayer|gcore|g-core|worldstream|serverius|servers\.com|sakura internet"
            r"|tefincom|packethub|expressvpn|mullvad|31173 services|proton ag",
        ),
        (NetworkKind.MOBILE, r"mobile|t-mobile|cellular|cellco|docomo"),
        (
            NetworkKind.BUSINESS,
            r"university|universit[aä]t|universit[eé]|college|school district|bank|insurance|hospital|ministry|government"
            r"|department of [a-z]+|county of [a-z]+",
        ),
        (
            NetworkKind.HOME,
            r"broadband|cable|[av]?dsl|ftth|fib(?:er|re)|telecom|telekom|residential",
        ),
    )
)


@lru_cache(maxsize=16_384)
def network(asn: int | None, organisation: str | None) -> Network:
    """The network of an ASN record; both parts may be missing."""
    return Network(asn, organisation, _kind(asn, organisation))


def scanner_name(found: Network) -> str | None:
    """A mail security vendor's usual name, else its organisation as recorded."""
    return SCANNERS.get(found.asn or 0, found.organisation)


def _kind(asn: int | None, organisation: str | None) -> NetworkKind:
    if asn in _BY_ASN:
        return _BY_ASN[asn]
    for kind, words in _BY_NAME:
        if organisation and words.search(organisation):
            return kind
    return NetworkKind.UNKNOWN
