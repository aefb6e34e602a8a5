"""The team's workspace: run it on this machine for everyone on the hospital's network."""

from __future__ import annotations

import datetime as dt
import ipaddress
import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pelvicrt.cli.options import Lang, LangOption
from pelvicrt.cli.stores import DEFAULT_DATABASE, DatabaseOption
from pelvicrt.foundation import Text, UsageError

if TYPE_CHECKING:
    from pelvicrt.mdt import Store


def serve_command(
    database: DatabaseOption = DEFAULT_DATABASE,
    host: Annotated[str, typer.Option("--host", help="Address to listen on; 0.0.0.0 for the whole network.")] = (
        "127.0.0.1"
    ),
    port: Annotated[int, typer.Option("--port", min=1, max=65535, help="Port to listen on.")] = 8080,
    base_url: Annotated[
        str | None,
        typer.Option("--base-url", metavar="URL", help="Address people type, when a proxy stands before this service."),
    ] = None,
    certificate: Annotated[Path | None, typer.Option("--certificate", help="Certificate for https, PEM.")] = None,
    key: Annotated[Path | None, typer.Option("--key", help="Its private key, PEM.")] = None,
    proxy: Annotated[
        str, typer.Option("--proxy", metavar="ADDRESS", help="Proxy whose word about addresses is believed.")
    ] = "127.0.0.1",
    demo: Annotated[bool, typer.Option("--demo", help="Add six made-up cases to try it with.")] = False,
    oidc_issuer: Annotated[
        str | None,
        typer.Option(
            "--oidc-issuer",
            metavar="URL",
            envvar="PELVICRT_OIDC_ISSUER",
            show_envvar=False,
            help="The hospital's own sign-in service (OpenID Connect). Its secret is read from the environment alone: "
            "PELVICRT_OIDC_CLIENT_SECRET.",
        ),
    ] = None,
    oidc_client: Annotated[
        str, typer.Option("--oidc-client", envvar="PELVICRT_OIDC_CLIENT_ID", show_envvar=False, help="Our name there.")
    ] = "pelvicrt",
    oidc_login: Annotated[
        str,
        typer.Option(
            "--oidc-login", envvar="PELVICRT_OIDC_LOGIN", show_envvar=False, help="The claim that is a login."
        ),
    ] = "preferred_username",
    lang: LangOption = Lang.EN,
) -> None:
    """Run the workspace. A new database is made ready; its first start prints a link for the administrator.

    It asks nothing of the internet. Stop it with Ctrl-C or SIGTERM: requests under way are finished first.

    Example: pelvicrt serve --demo
    """
    from pelvicrt.mdt import Store, settings
    from pelvicrt.web import Door, Hospital, Service, run, taken, write_logs

    if (certificate is None) != (key is None):
        raise UsageError(_BOTH)
    hospital = None
    if oidc_issuer:
        secret = os.environ.get("PELVICRT_OIDC_CLIENT_SECRET")
        if not secret:
            raise UsageError(_SECRET)
        hospital = Hospital(issuer=oidc_issuer, client_id=oidc_client, client_secret=secret, claim=oidc_login)
    public = (base_url or f"{'https' if certificate else 'http'}://{_name(host)}:{port}").rstrip("/")
    door = Door(host=host, port=port, certificate=certificate, key=key, proxies=proxy)
    listening = taken(door)
    store = Store(database)
    store.migrate()
    write_logs()
    _say_first_link(store, public, lang)
    if demo:
        _add_demo(store)
    if public.startswith("http://") and not _is_loopback(host):
        typer.echo(_CLEAR.say(lang.value), err=True)
    with store.reading() as session:
        idle = dt.timedelta(minutes=settings.read_settings(session).idle_minutes)
    typer.echo(_RUNNING.fill(url=public).say(lang.value), err=True)
    secure = public.startswith("https://")
    service = Service(store=store, idle=idle, secure=secure, base_url=public, hospital=hospital)
    run(service, door, listening)


def _say_first_link(store: Store, public: str, lang: Lang) -> None:
    from pelvicrt.mdt import accounts

    token = accounts.first_link(store)
    if token is not None:
        typer.echo(_FIRST.fill(login=accounts.FIRST_LOGIN, url=f"{public}/welcome/{token}").say(lang.value), err=True)


def _add_demo(store: Store) -> None:
    from pelvicrt.mdt import demo, people

    with store.writing("system") as writing:
        demo.add_demo(writing, people.administrator(writing.session))


def _name(host: str) -> str:
    """How a browser on this machine calls the address listened on."""
    if host in {"0.0.0.0", "::"}:  # noqa: S104 -- compared, not bound
        return "localhost"
    return f"[{host}]" if ":" in host else host


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


_BOTH = Text("https needs both --certificate and --key", "启用 https 需同时提供 --certificate 与 --key")
_SECRET = Text(
    "--oidc-issuer needs the secret of this client in the environment: PELVICRT_OIDC_CLIENT_SECRET",
    "使用 --oidc-issuer 时，需在环境变量 PELVICRT_OIDC_CLIENT_SECRET 中提供客户端密钥",
)
_FIRST = Text(
    "First start. The administrator's login is {login}; choose its password within a day at\n  {url}",
    "首次启动。管理员登录名为 {login}；请在一天内打开下面的链接设置密码：\n  {url}",
)
_CLEAR = Text(
    "Warning: passwords and patient data would cross the network unencrypted. Give --certificate and --key, or put a "
    "proxy with https before it and say its address with --base-url.",
    "警告：密码与患者数据将以明文经过网络。请提供 --certificate 与 --key，"
    "或在前面设置 https 代理并用 --base-url 说明其地址。",
)
_RUNNING = Text("Workspace at {url} (stop with Ctrl-C)", "工作区地址：{url}（按 Ctrl-C 停止）")
