"""What Google must be told about the Gmail add-on."""

import json
from pathlib import Path
from urllib.parse import urlsplit

import click

import addon

_DEPLOYMENT = Path(addon.__file__).with_name("deployment.json")


@click.command("addon-manifest")
@click.option("--public-url", required=True, help="Where this installation is reached, such as https://livefeed.example.com.")
def addon_manifest(public_url: str) -> None:
    """Print the add-on's deployment for `gcloud workspace-add-ons deployments create`."""
    parts = urlsplit(public_url)
    if parts.scheme != "https" or not parts.hostname or parts.query or parts.fragment:
        raise click.BadParameter(
            "Google calls add-ons over https:// only: give the address people open", param_hint="--public-url"
        )
    written = _DEPLOYMENT.read_text("utf-8").replace("{public_url}", public_url.rstrip("/"))
    click.echo(json.dumps(json.loads(written), indent=2))
