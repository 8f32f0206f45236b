"""The networks people and machines come from: real numbers and names as an ASN file gives them, the largest by users first.

Chosen by their size (APNIC's estimates of users per network) and by what operators report of scanners, never by what the
product's own tables know: about a quarter is not in them.
"""

from dataclasses import dataclass
from random import Random


@dataclass(frozen=True, slots=True)
class Line:
    asn: int
    organisation: str
    share: float = 1.0


HOMES = (
    Line(7922, "COMCAST-7922", 8),
    Line(7018, "ATT-INTERNET4", 5),
    Line(701, "UUNET", 4),
    Line(20115, "CHARTER-20115", 5),
    Line(22773, "ASN-CXA-ALL-CCI-22773-RDC", 2),
    Line(6128, "CABLE-NET-1", 1),
    Line(30036, "MEDIACOM-ENTERPRISE-BUSINESS", 1),
    Line(577, "BACOM", 2),
    Line(812, "ROGERS-COMMUNICATIONS", 2),
    Line(3320, "Deutsche Telekom AG", 4),
    Line(3209, "Vodafone GmbH", 2),
    Line(6830, "Liberty Global B.V.", 3),
    Line(3215, "Orange S.A.", 4),
    Line(12322, "Free SAS", 2),
    Line(15557, "Societe Francaise Du Radiotelephone - SFR SA", 2),
    Line(2856, "British Telecommunications PLC", 3),
    Line(5089, "Virgin Media Limited", 2),
    Line(9105, "TalkTalk Communications Limited", 1),
    Line(3352, "Telefonica De Espana S.a.u.", 3),
    Line(3269, "Telecom Italia S.p.A.", 3),
    Line(1136, "KPN B.V.", 2),
    Line(5617, "Orange Polska Spolka Akcyjna", 2),
    Line(9121, "Turk Telekomunikasyon Anonim Sirketi", 2),
    Line(3462, "Data Communication Business Group", 2),
    Line(17676, "SoftBank Corp.", 2),
    Line(1221, "Telstra Limited", 2),
    Line(4804, "SingTel Optus Pty Ltd", 1),
    Line(24560, "Bharti Airtel Ltd., Telemedia Services", 2),
    Line(18881, "TELEFONICA BRASIL S.A", 2),
    Line(7303, "Telecom Argentina S.A.", 1),
    Line(37457, "Telkom SA Ltd.", 1),
)
PHONES = (
    Line(21928, "T-MOBILE-AS21928", 4),
    Line(22394, "CELLCO", 4),
    Line(20057, "ATT-MOBILITY-LLC-AS20057", 3),
    Line(12576, "EE Limited", 2),
    Line(51207, "Free Mobile SAS", 1),
    Line(45609, "Bharti Airtel Ltd. AS for GPRS Service", 3),
    Line(55836, "Reliance Jio Infocomm Limited", 3),
    Line(26599, "TELEFONICA BRASIL S.A", 2),
    Line(24158, "Taiwan Mobile Co., Ltd.", 1),
)
COMPANIES = (
    Line(64496, "Wisla Cargo S.A.", 4),
    Line(64497, "NORDLICHT-AS", 4),
    Line(64498, "Ridgeway Haulage Inc.", 4),
    Line(64499, "Saint Brieuc Assurances", 2),
    Line(64500, "University of Somewhere", 1),
    Line(64501, "First Prairie Bank N.A.", 1),
)
GATEWAYS = (Line(22616, "ZSCALER-INC", 3), Line(62044, "Zscaler Switzerland GmbH", 1), Line(55256, "NETSKOPE", 2))
EXITS = (
    Line(9009, "M247 Europe SRL", 2),
    Line(212238, "Datacamp Limited", 2),
    Line(13335, "CLOUDFLARENET", 1),
    Line(39351, "31173 Services AB", 1),
    Line(62240, "Clouvider Limited", 1),
)
RELAYS = (Line(36183, "AKAMAI-AS", 4), Line(13335, "CLOUDFLARENET", 4), Line(54113, "FASTLY", 2))
RENTED = (
    Line(16509, "AMAZON-02", 40),
    Line(14618, "AMAZON-AES", 10),
    Line(396982, "GOOGLE-CLOUD-PLATFORM", 10),
    Line(14061, "DIGITALOCEAN-ASN", 6),
    Line(24940, "Hetzner Online GmbH", 6),
    Line(16276, "OVH SAS", 6),
    Line(62240, "Clouvider Limited", 4),
    Line(32244, "LIQUIDWEB", 4),
    Line(174, "COGENT-174", 5),
    Line(6939, "HURRICANE", 4),
    Line(3223, "Voxility LLP", 5),
)
GOOGLE = (Line(15169, "GOOGLE"),)
YAHOO = (
    Line(36647, "YAHOO-GQ1", 2),
    Line(36646, "YAHOO-NE1", 2),
    Line(26101, "YAHOO-3", 1),
    Line(34010, "Yahoo! UK Services Limited", 1),
)
MICROSOFT = (Line(8075, "MICROSOFT-CORP-MSN-AS-BLOCK"),)
PROOFPOINT = (
    Line(22843, "PROOFPOINT-ASN-US-EAST", 2),
    Line(26211, "PROOFPOINT-ASN-US-WEST", 2),
    Line(52129, "PROOFPOINT INC", 1),
)
MIMECAST = (
    Line(30031, "MIMECAST", 3),
    Line(42427, "Mimecast Services Limited", 2),
    Line(39588, "Mimecast Services Limited", 1),
)
BARRACUDA = (Line(15324, "BARRACUDA-NETWORKS", 1), Line(16509, "AMAZON-02", 1))
CISCO = (Line(16417, "IRONPORT-SYSTEMS-INC", 1), Line(16509, "AMAZON-02", 1))
CLOUDFLARE = (Line(13335, "CLOUDFLARENET"),)
META = (Line(32934, "FACEBOOK"),)


def pick(lines: tuple[Line, ...], chance: Random) -> Line:
    return chance.choices(lines, [line.share for line in lines])[0]
