"""The page in a real browser: what a visitor does in the first minutes, at three widths."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import AsyncIterator
from typing import Any

import pytest
from playwright.async_api import Page as Tab
from playwright.async_api import async_playwright, expect

from adapters.channels.simulator import DEMO

pytestmark = pytest.mark.browser

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
ARGS = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]


@pytest.fixture
async def tab(page: Any) -> AsyncIterator[Tab]:
    """The page in a fresh tab; anything that goes wrong in its scripts fails the test."""
    if CHROMIUM is None:
        if os.environ.get("CI", "false").lower() not in ("", "0", "false"):
            pytest.fail("CI is set and there is no Chromium; run tests/peers/setup.sh")
        pytest.skip("there is no Chromium here; run tests/peers/setup.sh")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=ARGS)
        opened = await browser.new_page(viewport={"width": 1440, "height": 900})
        faults: list[str] = []
        opened.on("pageerror", lambda error: faults.append(str(error)))
        opened.on("console", lambda said: faults.append(said.text) if "Content Security" in said.text else None)
        await opened.goto(str(page.client.make_url("/")))
        await expect(opened.locator("#health")).to_have_text("运行正常")
        yield opened
        await browser.close()
        assert faults == []


async def say(tab: Tab, text: str) -> None:
    await tab.fill("#words", text)
    await tab.press("#words", "Enter")


FITS = """() => document.documentElement.scrollWidth <= innerWidth
  && [...document.querySelectorAll('body *')].every((one) => {
    if (one.matches('.unseen, legend') || one.closest('.chips, .running, dialog:not([open])')) return true;
    const box = one.getBoundingClientRect();
    return box.width === 0 || (box.right <= innerWidth + 1 && box.left >= -1);
  })"""


async def fits(tab: Tab) -> bool:
    """Whether nothing is wider than the window; chips and running lines scroll in their own box."""
    return bool(await tab.evaluate(FITS))


async def test_the_first_sentence_becomes_a_bubble_and_then_a_matter(tab: Tab) -> None:
    await tab.click("#empty .sample >> nth=0")
    bubble = tab.locator("#bubbles .said.mine .bubble")
    await expect(bubble).to_have_count(1)
    await expect(bubble).to_contain_text("电梯又停哒")
    card = tab.locator(".card.ticket, .card.flag").first
    await expect(card).to_contain_text("电梯故障", timeout=15_000)


async def test_an_emergency_is_answered_and_says_why(tab: Tab) -> None:
    await tab.click("#empty .sample >> nth=1")
    bot = tab.locator(".said.bot").first
    await expect(bot).to_contain_text("119", timeout=15_000)
    await bot.get_by_role("button", name="为什么").click()
    await expect(bot.locator(".why")).to_contain_text("人身危险")
    await expect(bot.locator(".why .source")).to_contain_text("煤气味")
    await tab.locator(".card.ticket .fact").first.hover()
    await expect(tab.locator(".said.lit")).to_have_count(1)


async def test_a_visit_is_filed_moved_and_its_journal_verified(tab: Tab) -> None:
    await tab.click(".visit summary")
    await tab.get_by_label("情况").fill("3栋厨房天花板渗水")
    await tab.get_by_label("地点").fill("3栋")
    await tab.get_by_role("button", name="登记", exact=True).click()
    card = tab.locator(".card.ticket")
    await expect(card.locator(".status")).to_have_text("已立单")
    await card.get_by_label("说明").fill("请物业上门")
    await card.get_by_role("button", name="派单").click()
    await expect(card.locator(".status")).to_have_text("已派单")
    await card.get_by_role("button", name="看日志").click()
    await expect(tab.locator(".verdict.good")).to_contain_text("校验通过")
    await expect(tab.locator(".chain li")).to_have_count(2)
    await expect(tab.locator(".chain li").last).to_contain_text("请物业上门")


async def test_one_quotes_and_recalls(tab: Tab) -> None:
    await say(tab, "说错了")
    await tab.locator(".said.mine .bubble").click()
    await expect(tab.locator("#quoting")).to_contain_text("说错了")
    await say(tab, "我再说一遍")
    await expect(tab.locator(".quoted")).to_contain_text("说错了")
    await tab.get_by_role("button", name="撤回").first.click()
    await expect(tab.locator("#bubbles")).to_contain_text(f"{DEMO.members[0].name}撤回了一条消息")
    await expect(tab.locator(".quoted")).to_contain_text("原话已擦除")


async def test_pictures_voices_places_and_private_talk(tab: Tab) -> None:
    await tab.click("#tool-image")
    await tab.click(".thumb >> nth=0")
    picture = tab.locator(".picture")
    await expect(picture).to_have_count(1)
    assert await picture.evaluate("(one) => one.decode().then(() => one.naturalWidth)") == 400
    await tab.click("#tool-voice")
    await say(tab, "那个井盖冇得了")
    await expect(tab.locator(".bubble.voice")).to_contain_text("那个井盖")
    await tab.click("#tool-location")
    await tab.press("#words", "Enter")
    await expect(tab.locator(".bubble.location")).to_contain_text("翠竹园3栋东侧")
    await tab.set_input_files("#pictures input", {"name": "x.png", "mimeType": "image/png", "buffer": b"no picture"})
    await expect(tab.locator("#say-fault")).to_contain_text("不是图片")
    await tab.click("#tab-private")
    await say(tab, "你好")
    await expect(tab.locator("#bubbles .said.mine")).to_have_count(1)
    await expect(tab.locator("#bubbles .said.bot")).to_have_count(1, timeout=15_000)


async def test_a_day_is_played_and_ends_with_one_line(tab: Tab) -> None:
    await tab.click("#play-day")
    await tab.get_by_role("button", name="跳过").click(timeout=20_000)
    summary = tab.locator("#summary")
    await expect(summary).to_have_text(re.compile(r"\d+ 条消息,沉默 \d+,标记 \d+,开口 \d+"))
    await expect(tab.locator(".result").first).to_be_visible()
    await tab.keyboard.press("Escape")
    await expect(tab.locator("#day")).to_be_hidden()


async def test_a_day_runs_to_its_end_by_itself(tab: Tab) -> None:
    await tab.emulate_media(reduced_motion="reduce")
    await tab.click("#play-day")
    await expect(tab.locator("#summary")).to_be_visible(timeout=20_000)


async def test_ones_own_chat_and_its_faults(tab: Tab) -> None:
    await tab.click("#try-own")
    await tab.fill("#own-text", '{"type":"room","id":"r"}\n{"type":"message"')
    await tab.get_by_role("button", name="放一遍").click()
    await expect(tab.locator("#own-fault")).to_contain_text("第 2 行")
    await tab.fill("#own-text", "张三：早上好\n李四：7栋的电梯又停了，没有人管")
    await tab.get_by_role("button", name="放一遍").click()
    await expect(tab.locator("#summary")).to_contain_text("2 条消息", timeout=30_000)


@pytest.mark.parametrize(("width", "height"), [(360, 740), (768, 1024), (1440, 900)])
async def test_nothing_is_too_wide(tab: Tab, page: Any, width: int, height: int) -> None:
    await tab.set_viewport_size({"width": width, "height": height})
    assert await fits(tab)
    await page.visit(what="很长的一句话" * 30, place="没有空格的地址" * 10)
    await page.say("没有空格的长词" * 40 + "https" * 60)
    await page.say("楼上两口子又在吵架摔东西", sender="sim-lian")
    await expect(tab.locator(".card.flag")).to_have_count(1, timeout=15_000)
    assert await fits(tab)
    await tab.click("#tool-samples")
    assert await fits(tab)
    if width < 720:
        await tab.click("[data-side=desk]")
    for name in ("#tab-flags", "#tab-tickets", "#tab-journal"):
        await tab.click(name)
        await tab.wait_for_timeout(200)
        assert await fits(tab), name
    await tab.emulate_media(reduced_motion="reduce")
    await tab.click("#play-day")
    await expect(tab.locator("#summary")).to_be_visible(timeout=20_000)
    assert await fits(tab)
