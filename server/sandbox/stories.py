"""What the demo's reps write."""

from dataclasses import dataclass

NORA = "nora.lindqvist@fjordline.example"
MATEO = "mateo.rivas@fjordline.example"
REPS = ((NORA, "Nora Lindqvist"), (MATEO, "Mateo Rivas"))
_SITE = "https://www.fjordline.example"


@dataclass(frozen=True)
class StoryMail:
    """`to` as (name, address) pairs. `by_product`: composed and sent in the product instead of Gmail."""

    to: tuple[tuple[str, str], ...]
    subject: str
    html: str
    by_product: bool = False


def _paragraphs(*words: str) -> str:
    return "".join(f"<p>{each}</p>" for each in words)


_SIGNED = "Nora Lindqvist<br>Fjordline"

FIRST_MAILS: tuple[StoryMail, ...] = (
    StoryMail(
        (("Aïssatou Diallo", "aissatou.diallo@baobab.example"),),
        "Pricing for 40 vehicles",
        _paragraphs(
            "Bonjour Aïssatou,",
            f'Here is the <a href="{_SITE}/pricing?vehicles=40">pricing page</a> for 40 vehicles, and our '
            f'<a href="{_SITE}/terms">terms</a>.',
            _SIGNED,
        ),
    ),
    StoryMail(
        (("Tomasz Wójcik", "tomasz.wojcik@wisla.example"),),
        "Security questionnaire",
        _paragraphs(
            "Dzień dobry Tomasz,",
            f'Your answers are in the <a href="{_SITE}/files/security-questionnaire.pdf">Security questionnaire.pdf</a>; '
            f'<a href="{_SITE}/security">this page</a> has the rest.',
            _SIGNED,
        ),
    ),
    StoryMail(
        (("Lucía Fernández Ortega", "lucia.fernandez@ebro.example"),),
        "Pilot plan, two depots",
        _paragraphs("Hola Lucía:", f'The <a href="{_SITE}/pilot">pilot plan</a> for both depots, as agreed.', _SIGNED),
        by_product=True,
    ),
    StoryMail(
        (
            ("Revathi Iyer", "r.iyer@kaveri.example"),
            ("Manu Nair", "m.nair@kaveri.example"),
            ("Sindhu Pillai", "s.pillai@kaveri.example"),
        ),
        "Answers to your security questions",
        _paragraphs("Dear all,", f'All answers are <a href="{_SITE}/security/answers">on one page</a>.', _SIGNED),
    ),
    StoryMail(
        (("林志豪", "zhihao.lin@yuanyang.example"),),
        "試行計畫：兩座倉庫",
        _paragraphs("志豪您好：", f'附上<a href="{_SITE}/zh/pilot">試行計畫</a>，請過目。', _SIGNED),
    ),
    StoryMail(
        (("Jakub Novák", "jakub.novak@moravia.example"),),
        "Hello from Fjordline",
        _paragraphs("Dobrý den,", f'We met in Brno: <a href="{_SITE}/">Fjordline</a>.', _SIGNED),
    ),
    StoryMail(
        (("Katrin Brandt", "katrin.brandt@nordlicht.example"),),
        "Route planning, next steps",
        _paragraphs("Guten Tag Frau Brandt,", f'hier der <a href="{_SITE}/de/plan">Plan</a>.', _SIGNED),
    ),
    StoryMail(
        (("Hiroshi Tanabe", "hiroshi.tanabe@tanabe.example"),),
        "Fleet savings calculator",
        _paragraphs("Tanabe-san,", f'the <a href="{_SITE}/savings">savings calculator</a> we spoke about.', _SIGNED),
    ),
)
