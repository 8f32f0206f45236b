"""Somebody outside: what their address says about their company."""

CONSUMER_DOMAINS = frozenset(
    """
    gmail.com googlemail.com outlook.com hotmail.com hotmail.fr hotmail.co.uk live.com live.fr msn.com yahoo.com
    yahoo.fr yahoo.co.uk yahoo.de yahoo.com.tw yahoo.co.jp ymail.com aol.com icloud.com me.com mac.com proton.me
    protonmail.com pm.me gmx.com gmx.de gmx.net gmx.fr web.de t-online.de freenet.de mail.com mail.ru yandex.ru
    yandex.com zoho.com fastmail.com hey.com orange.fr wanadoo.fr free.fr sfr.fr laposte.net neuf.fr bbox.fr
    libero.it virgilio.it seznam.cz wp.pl o2.pl qq.com 163.com 126.com sina.com foxmail.com naver.com hanmail.net
    daum.net hinet.net pchome.com.tw seed.net.tw comcast.net verizon.net att.net sbcglobal.net cox.net shaw.ca
    rogers.com bigpond.com btinternet.com sky.com uol.com.br bol.com.br terra.com.br rediffmail.com
    """.split()  # noqa: SIM905  a list of words is read like this
)
"""Mail providers for everybody: their domain is nobody's company."""


def domain_of(address: str) -> str:
    return address.rpartition("@")[2].lower() if "@" in address else ""


def account_of(address: str) -> str | None:
    """The company an address belongs to, named by its domain; None at a mail provider for everybody."""
    domain = domain_of(address)
    return None if not domain or domain in CONSUMER_DOMAINS else domain


def display_name(name: str, address: str) -> str:
    """The name as somebody wrote it, without the quotes mail programs leave; empty when it only repeats the address."""
    plain = " ".join(name.strip().strip("'\"").split())
    return "" if plain.lower() == address.lower() else plain
