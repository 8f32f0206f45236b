"""A card with every widget that Google documents, as the card's element must draw it."""

from typing import Any

Card = dict[str, Any]


def _act(name: str, **more: Any) -> dict[str, Any]:
    parameters = [{"key": "state", "value": f"sealed {name}"}]
    return {"function": f"https://feed.example/api/v1/cards/action/{name}", "parameters": parameters, **more}


def pressing(name: str, **more: Any) -> dict[str, Any]:
    return {"action": _act(name, **more)}


def every_widget() -> Card:
    return {
        "name": "all",
        "header": {"title": "Every widget", "subtitle": "Of Google’s card JSON"},
        "cardActions": [
            {"actionLabel": "Refresh", "onClick": pressing("refresh")},
            {"actionLabel": "Help", "onClick": {"openLink": {"url": "https://feed.example/help"}}},
            {"actionLabel": "Script", "onClick": {"openLink": {"url": "javascript:alert(1)"}}},
        ],
        "sections": [_texts(), _rows(), _buttons(), _inputs(), _choices(), _lists(), _folding()],
        "fixedFooter": {
            "primaryButton": {"text": "Save", "onClick": pressing("save", requiredWidgets=["note", "kind"])},
            "secondaryButton": {"text": "Another card", "onClick": {"card": another()}},
        },
    }


def another() -> Card:
    text = {"textParagraph": {"text": "On top of the first one."}}
    return {"name": "another", "header": {"title": "Another card"}, "sections": [{"widgets": [text]}]}


def _texts() -> Card:
    hostile = (
        '<b>Bold</b>, <i>slanted</i>, <u>underlined</u>, <s>struck</s>, <font color="#626a77">quiet</font><br>'
        '<a href="https://feed.example/">a link</a>, <a href="javascript:alert(1)">no link</a>'
        '<script>window.hacked = true</script><img src="x" onerror="window.hacked = true"> &lt;kept as text&gt;'
    )
    long = "A text of many lines that is cut after two of them. " * 8
    return {
        "header": "Texts",
        "widgets": [
            {"textParagraph": {"text": hostile}},
            {"textParagraph": {"text": long, "maxLines": 2}},
            {"divider": {}},
            {"textParagraph": {"text": "At the end"}, "horizontalAlignment": "END"},
        ],
    }


def _rows() -> Card:
    eye = {"materialIcon": {"name": "visibility"}, "altText": "Your mail: viewed"}
    switch = {"name": "loud", "value": "on", "selected": True, "onChangeAction": _act("changed")}
    return {
        "header": "Rows",
        "widgets": [
            {
                "decoratedText": {
                    "startIcon": eye,
                    "topLabel": "2 min · 5 views",
                    "text": "<b>Aïssatou Diallo</b> Baobab Énergie",
                    "bottomLabel": "Pricing for 40 vehicles · near Lyon, France (by IP) · may have been forwarded",
                    "wrapText": True,
                    "onClick": {"openLink": {"url": "https://feed.example/messages/1"}},
                }
            },
            {"decoratedText": {"text": "With a button", "button": {"text": "Add", "onClick": pressing("add")}}},
            {"decoratedText": {"text": "With a switch", "switchControl": switch}},
            {
                "decoratedText": {
                    "text": "With a box",
                    "switchControl": {"name": "box", "value": "on", "controlType": "CHECK_BOX"},
                }
            },
            {"decoratedText": {"text": "With an icon", "endIcon": {"knownIcon": "STAR", "altText": "Best bet"}}},
            {
                "decoratedText": {
                    "text": "Cut, since it is a good deal longer than the card is wide, as subjects are",
                    "topLabel": "Cut",
                }
            },
        ],
    }


def _buttons() -> Card:
    press = pressing("press")
    made = [
        {"text": kind.capitalize().replace("_", " "), "type": kind, "onClick": press}
        for kind in ("OUTLINED", "FILLED", "FILLED_TONAL", "BORDERLESS")
    ]
    menu = {
        "overflowMenu": {
            "items": [{"text": "Mute", "startIcon": {"materialIcon": {"name": "notifications_off"}}, "onClick": press}]
        }
    }
    return {
        "header": "Buttons",
        "widgets": [
            {"buttonList": {"buttons": made}},
            {
                "buttonList": {
                    "buttons": [
                        {"text": "Call", "icon": {"knownIcon": "PHONE"}, "onClick": {"openLink": {"url": "tel:+33478000000"}}},
                        {
                            "text": "Write",
                            "icon": {"materialIcon": {"name": "mail"}},
                            "onClick": {"openLink": {"url": "mailto:a@b.example"}},
                        },
                        {"icon": {"materialIcon": {"name": "more_vert"}, "altText": "More"}, "onClick": menu},
                        {"text": "Not now", "disabled": True, "onClick": press},
                    ]
                }
            },
            {
                "chipList": {
                    "layout": "WRAPPED",
                    "chips": [
                        {"label": "Engagement", "onClick": press, "icon": {"materialIcon": {"name": "visibility"}}},
                        {"label": "Tasks", "onClick": press},
                        {"label": "Targets", "disabled": True, "onClick": press},
                    ],
                }
            },
        ],
    }


def _inputs() -> Card:
    suggested = {"items": [{"text": "Paris"}, {"text": "Taipei"}]}
    return {
        "header": "Fields",
        "widgets": [
            {
                "textInput": {
                    "name": "note",
                    "label": "Note",
                    "type": "SINGLE_LINE",
                    "hintText": "What is to do",
                    "validation": {"characterLimit": 20},
                }
            },
            {
                "textInput": {
                    "name": "more",
                    "label": "Details",
                    "type": "MULTIPLE_LINE",
                    "value": "Two\nlines",
                    "placeholderText": "In short",
                }
            },
            {
                "textInput": {
                    "name": "city",
                    "label": "City",
                    "type": "SINGLE_LINE",
                    "initialSuggestions": suggested,
                    "autoCompleteAction": _act("cities"),
                }
            },
            {"dateTimePicker": {"name": "day", "label": "Day", "type": "DATE_ONLY", "valueMsEpoch": "1795392000000"}},
            {"dateTimePicker": {"name": "time", "label": "Time", "type": "TIME_ONLY", "valueMsEpoch": "34200000"}},
            {
                "dateTimePicker": {
                    "name": "moment",
                    "label": "Day and time",
                    "type": "DATE_AND_TIME",
                    "valueMsEpoch": "1795426200000",
                    "timezoneOffsetDate": 60,
                }
            },
        ],
    }


def _choices() -> Card:
    items = [
        {"text": "First", "value": "1", "selected": True},
        {"text": "Second", "value": "2", "bottomText": "with a word below"},
    ]
    kinds = ("DROPDOWN", "RADIO_BUTTON", "CHECK_BOX", "SWITCH", "MULTI_SELECT")
    made = [
        {"selectionInput": {"name": kind.lower(), "label": kind.capitalize().replace("_", " "), "type": kind, "items": items}}
        for kind in kinds
    ]
    empty = {
        "selectionInput": {
            "name": "kind",
            "label": "Needed",
            "type": "RADIO_BUTTON",
            "items": [{"text": "This one", "value": "a"}],
        }
    }
    return {"header": "Choices", "widgets": [*made, empty]}


def _lists() -> Card:
    items = [
        {"id": f"i{number}", "title": f"Item {number}", "subtitle": "below", "layout": "TEXT_BELOW"} for number in range(1, 4)
    ]
    word = {"textParagraph": {"text": "In a column"}}
    cards = [
        {
            "widgets": [{"textParagraph": {"text": f"<b>Card {number}</b><br>beside the others"}}],
            "footerWidgets": [{"buttonList": {"buttons": [{"text": f"Open {number}", "onClick": pressing("press")}]}}],
        }
        for number in range(1, 4)
    ]
    return {
        "header": "Lists",
        "widgets": [
            {
                "grid": {
                    "title": "A grid",
                    "columnCount": 2,
                    "items": items,
                    "borderStyle": {"type": "STROKE"},
                    "onClick": pressing("grid"),
                }
            },
            {"columns": {"columnItems": [{"widgets": [word]}, {"widgets": [word], "horizontalAlignment": "END"}]}},
            {"carousel": {"carouselCards": cards}},
            {"image": {"imageUrl": "http://evil.example/pixel.gif", "altText": "never fetched"}},
        ],
    }


def _folding() -> Card:
    widgets = [{"decoratedText": {"text": f"Row {number}"}} for number in range(1, 6)]
    return {"header": "Folding", "widgets": widgets, "collapsible": True, "uncollapsibleWidgetsCount": 2}
