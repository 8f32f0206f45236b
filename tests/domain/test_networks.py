import pytest

from server.domain.engagement import NetworkKind
from server.domain.networks import network, scanner_name


@pytest.mark.parametrize(
    ("asn", "organisation", "kind"),
    [
        (22843, "Proofpoint, Inc.", NetworkKind.SCANNER),
        (44444, None, NetworkKind.SCANNER),
        (15169, "Google LLC", NetworkKind.PROXY),
        (396982, "Google LLC", NetworkKind.HOSTING),
        (36183, "Akamai Technologies, Inc.", NetworkKind.RELAY),
        (63949, "Akamai Technologies, Inc.", NetworkKind.HOSTING),
        (8075, "Microsoft Corporation", NetworkKind.MICROSOFT),
        (22616, "ZSCALER, INC.", NetworkKind.GATEWAY),
        (7922, "Comcast Cable Communications, LLC", NetworkKind.HOME),
        (21928, "T-Mobile USA, Inc.", NetworkKind.MOBILE),
        (16509, "Amazon.com, Inc.", NetworkKind.HOSTING),
        (64496, "Mimecast Nowhere Ltd", NetworkKind.SCANNER),
        (64496, "TREND MICRO SOMEWHERE", NetworkKind.SCANNER),
        (None, "Example Hosting BV", NetworkKind.HOSTING),
        (None, "Example Data Centers Corp.", NetworkKind.HOSTING),
        (None, "Example Mobile", NetworkKind.MOBILE),
        (None, "Example Mobile Cloud Hosting", NetworkKind.HOSTING),
        (None, "University of Example", NetworkKind.BUSINESS),
        (None, "Example Broadband", NetworkKind.HOME),
        (None, "Example Telecom Ltd", NetworkKind.HOME),
        (None, "Microsoft Somewhere", NetworkKind.MICROSOFT),
        (64496, "Cloudberry Farms", NetworkKind.UNKNOWN),
        (64496, "Example Communications", NetworkKind.UNKNOWN),
        (64496, None, NetworkKind.UNKNOWN),
        (None, None, NetworkKind.UNKNOWN),
        (64496, "", NetworkKind.UNKNOWN),
    ],
)
def test_a_network_is_known_by_number_then_by_plain_words(asn: int | None, organisation: str | None, kind: NetworkKind) -> None:
    assert network(asn, organisation).kind is kind


def test_a_scanner_is_called_by_its_vendors_name() -> None:
    assert scanner_name(network(30238, "Cisco Systems Ironport Division")) == "Cisco IronPort"
    assert scanner_name(network(64496, "Mimecast Nowhere Ltd")) == "Mimecast Nowhere Ltd"
