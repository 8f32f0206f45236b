"""The Lead Feed written as RSS 2.0 (by the RSS Best Practices Profile), Atom 1.0 and JSON Feed 1.1."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from email.utils import format_datetime
from html import escape
from typing import Any

from feedgenerator.django.utils.feedgenerator import Atom1Feed, Rss201rev2Feed  # type: ignore[import-untyped]

from server.domain.syndication import Item, fit, one_line
from server.i18n import html_lang, long_time, text

TYPES = {
    "rss": "application/rss+xml; charset=utf-8",
    "atom": "application/atom+xml; charset=utf-8",
    "json": "application/feed+json; charset=utf-8",
}
_TTL = "5"
_LONGEST_TITLE = 200


@dataclass(frozen=True, slots=True)
class Channel:
    """Whose feed it is. `url` is the very address it is read at; `updated` when anything in it last changed."""

    owner_id: str
    owner: str
    locale: str
    zone: tzinfo
    url: str
    public_url: str
    updated: datetime

    def say(self, key: str, **values: str) -> str:
        return text(self.locale, key, 0, **values)

    @property
    def title(self) -> str:
        return one_line(self.say("rss.title", name=self.owner))

    @property
    def description(self) -> str:
        return self.say("rss.description")

    @property
    def home(self) -> str:
        return f"{self.public_url}/lead-feed"


def written(form: str, channel: Channel, items: Sequence[Item]) -> bytes:
    if form == "json":
        return json.dumps(_json_feed(channel, items), ensure_ascii=False, indent=1).encode()
    feed = _Rss(channel) if form == "rss" else _Atom(channel)
    for item in items:
        feed.add_item(**_entry(channel, item))
    # Every & and < of a text, as the profile writes them: some readers take the usual entities for markup.
    whole: str = feed.writeString("utf-8")
    return whole.replace("&amp;", "&#x26;").replace("&lt;", "&#x3C;").encode()


class _Rss(Rss201rev2Feed):  # type: ignore[misc]
    def __init__(self, channel: Channel) -> None:
        language = channel.locale.lower()
        super().__init__(channel.title, channel.home, channel.description, language, feed_url=channel.url, ttl=_TTL)
        self._channel = channel

    def rss_attributes(self) -> dict[str, str]:
        more = {"content": "http://purl.org/rss/1.0/modules/content/", "dc": "http://purl.org/dc/elements/1.1/"}
        return {**super().rss_attributes(), **{f"xmlns:{name}": where for name, where in more.items()}}

    def add_root_elements(self, handler: Any) -> None:
        handler.addQuickElement("title", self.feed["title"])
        handler.addQuickElement("link", self.feed["link"])
        handler.addQuickElement("description", self.feed["description"])
        own = {"rel": "self", "href": self.feed["feed_url"], "type": "application/rss+xml"}
        handler.addQuickElement("atom:link", None, own)
        handler.addQuickElement("language", self.feed["language"])
        handler.addQuickElement("lastBuildDate", _rfc822(self._channel.updated))
        handler.addQuickElement("docs", "https://www.rssboard.org/rss-specification")
        handler.addQuickElement("ttl", self.feed["ttl"])

    def add_item_elements(self, handler: Any, item: dict[str, Any]) -> None:
        handler.addQuickElement("title", item["title"])
        handler.addQuickElement("link", item["link"])
        handler.addQuickElement("description", item["description"])
        handler.addQuickElement("content:encoded", item["content"])
        handler.addQuickElement("dc:creator", item["author_name"])
        for category in item["categories"]:
            handler.addQuickElement("category", category)
        handler.addQuickElement("pubDate", _rfc822(item["pubdate"]))
        handler.addQuickElement("guid", item["unique_id"], {"isPermaLink": "false"})


class _Atom(Atom1Feed):  # type: ignore[misc]
    def __init__(self, channel: Channel) -> None:
        super().__init__(
            channel.title,
            channel.home,
            channel.description,
            html_lang(channel.locale),
            author_name=channel.say("product"),
            feed_url=channel.url,
            feed_guid=f"urn:livefeed:lead-feed:{channel.owner_id}",
        )
        self._channel = channel

    def latest_post_date(self) -> datetime:
        return self._channel.updated


def _entry(channel: Channel, item: Item) -> dict[str, Any]:
    summary = one_line(item.description) or channel.say(f"moment.{item.type}")
    return {
        "title": _title(channel, item),
        "link": _page(channel, item),
        # To be shown as HTML, so a < of the text is written as one.
        "description": escape(summary),
        "content": _content(channel, item),
        "author_name": _name(channel, item),
        "pubdate": item.at,
        "categories": [channel.say(f"moment.{item.type}")],
        "unique_id": _guid(item),
        "unique_id_is_permalink": False,
    }


def _json_feed(channel: Channel, items: Sequence[Item]) -> dict[str, Any]:
    return {
        "version": "https://jsonfeed.org/version/1.1",
        "title": channel.title,
        "description": channel.description,
        "home_page_url": channel.home,
        "feed_url": channel.url,
        "language": html_lang(channel.locale),
        "items": [_json_item(channel, item) for item in items],
    }


def _json_item(channel: Channel, item: Item) -> dict[str, Any]:
    return {
        "id": _guid(item),
        "url": _page(channel, item),
        "title": _title(channel, item),
        "content_html": _content(channel, item),
        "summary": one_line(item.description),
        "date_published": item.at.isoformat().replace("+00:00", "Z"),
        "authors": [{"name": _name(channel, item)}],
        "tags": [channel.say(f"moment.{item.type}")],
    }


def _guid(item: Item) -> str:
    return f"urn:livefeed:moment:{item.id}"


def _page(channel: Channel, item: Item) -> str:
    return f"{channel.public_url}/people/{item.person_id}#{item.id}"


def _name(channel: Channel, item: Item) -> str:
    return one_line(item.person) or channel.say("alert.nameless")


def _title(channel: Channel, item: Item) -> str:
    who = ", ".join(part for part in (_name(channel, item), one_line(item.account or "")) if part)
    what = one_line(item.description) or channel.say(f"moment.{item.type}")
    whole = channel.say("rss.item", star="★ " if item.star else "", who=who, what=what)
    return whole if len(whole) <= _LONGEST_TITLE else whole[: _LONGEST_TITLE - 1].rstrip() + "…"


def _content(channel: Channel, item: Item) -> str:
    """All of it in plain HTML. Numbers and addresses stand there as text too: some readers take links away."""
    rows = [
        (channel.say("rss.person"), _link(_page(channel, item), _name(channel, item))),
        (channel.say("rss.account"), escape(one_line(item.account or ""))),
        (channel.say("rss.type"), escape(channel.say(f"moment.{item.type}"))),
        (channel.say("rss.time"), escape(long_time(item.at, channel.zone, channel.locale))),
        (channel.say("rss.star"), escape(channel.say("rss.star-yes")) if item.star else ""),
        *((channel.say(f"rss.{one.field}"), _link(one.href, one_line(one.text))) for one in item.contacts),
        (channel.say("rss.phone-rule"), escape(channel.say("rss.do-not-call")) if item.do_not_call else ""),
    ]
    told = "".join(f"<li>{escape(name)}{channel.say('rss.colon')}{value}</li>" for name, value in rows if value)
    subscribe = _link(f"{channel.home}?subscribe={item.person_id}", channel.say("rss.subscribe"))
    description = "<br>".join(escape(line) for line in fit(item.description).splitlines() if line.strip())
    return f"<p>{description}</p><ul>{told}</ul><p>{subscribe}</p>"


def _link(href: str | None, shown: str) -> str:
    return f'<a href="{escape(fit(href))}">{escape(shown)}</a>' if href else escape(shown)


def _rfc822(at: datetime) -> str:
    return format_datetime(at.astimezone(UTC), usegmt=True)
