/** What people open the page for: each task in three clicks at most from the first page. */

import * as path from "node:path"
import type { Browser, Locator, Page } from "playwright-core"
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest"
import { visibleText } from "../../../ui/text/visible.ts"
import { chromium } from "./chromium.ts"
import { openStore, query, readCsv } from "./store.ts"
import { type Walker, walk } from "./walker.ts"
import { openTab, type Server, slowly, startBrowser, startServer, type Tab } from "./world.ts"

const project = inject("project")

describe.skipIf(chromium === null)("within three clicks of the first page", () => {
  const store = openStore(project)
  let server: Server
  let browser: Browser
  beforeAll(async () => {
    server = await startServer(project)
    browser = await startBrowser()
  })
  afterAll(async () => {
    await browser?.close()
    await server?.stop()
  })

  /** A task in a browser of its own; counts its clicks, and that nothing went wrong meanwhile. */
  const task = (name: string, perform: (page: Page, walker: Walker) => Promise<void>) =>
    test(name, async () => {
      const tab: Tab = await openTab(browser, server)
      const walker = walk(tab.page)
      try {
        await perform(tab.page, walker)
        expect(walker.clicks()).toBeLessThanOrEqual(3)
        expect(tab.complaints).toEqual([])
      } finally {
        await tab.context.close()
      }
    })

  task("it is shown why proxy was computed again, and for which file", async (page, { click }) => {
    await click(page.getByRole("table").getByRole("link", { name: "walk", exact: true }).first())
    const grid = page.getByRole("grid", { name: /stages/i })
    await expect.poll(() => rowWith(grid, "proxy").innerText(), slowly).toContain("through pairs")
    await click(rowWith(grid, "proxy").getByRole("link", { name: "proxy", exact: true }))
    const why = page.getByRole("region", { name: "Why it was computed" })
    await expect.poll(() => textOf(why), slowly).toContain("inputs.preferences made otherwise by pairs")
    await click(why.getByRole("link", { name: "pairs", exact: true }))
    await expect.poll(() => textOf(why), slowly).toMatch(/plugins\.judge brevity\.ts changed/)
    // The other file that the judge is made of stayed as it was.
    expect(await textOf(why)).not.toContain("words.ts")
  })

  task("the longest response of the online arm at its last checkpoint comes first", async (page, { click, choose }) => {
    const id = "arms.seed=1.online"
    const rows = await store.select(
      id,
      "evaluation",
      `SELECT prompt, response, tokens FROM artifact WHERE step = (SELECT max(step) FROM artifact)
       AND tokens = (SELECT max(tokens) FROM artifact WHERE step = (SELECT max(step) FROM artifact))`,
    )
    await click(page.getByRole("link", { name: "Generations", exact: true }))
    await choose(page.getByRole("combobox", { name: "Order", exact: true }), "longest")
    const answer = page.getByRole("listitem", { name: /^Prompt 1 of/ }).getByRole("group", { name: `${id} at step 24` })
    await expect.poll(async () => Number.parseInt(await fact(answer, "length"), 10), slowly).toBe(rows[0]?.tokens)
    expect(rows.length).toBeLessThan(48)
    expect(rows.map(({ response }) => squeeze(String(response)))).toContain(squeeze(await answerText(answer)))
  })

  task("two arms are shown side by side for one prompt", async (page, { click, type }) => {
    const ids = ["arms.seed=1.offline", "arms.seed=1.online"] as const
    const sql =
      "SELECT prompt, response, outcome FROM artifact WHERE step = (SELECT max(step) FROM artifact) AND sample = 0 ORDER BY prompt_id"
    const [offline, online] = await Promise.all(ids.map((id) => store.select(id, "evaluation", sql)))
    const wanted = offline?.[7]
    const other = online?.find(({ prompt }) => prompt === wanted?.prompt)
    await click(page.getByRole("link", { name: "Generations", exact: true }))
    await type(page.getByLabel("Search", { exact: true }), String(wanted?.prompt))
    const line = page
      .getByRole("listitem", { name: /^Prompt \d+ of/ })
      .filter({ hasText: String(wanted?.prompt) })
      .first()
    const left = line.getByRole("group", { name: `${ids[0]} at step 24` })
    const right = line.getByRole("group", { name: `${ids[1]} at step 24` })
    await expect.poll(() => answerText(left).then(squeeze), slowly).toBe(squeeze(String(wanted?.response)))
    expect(squeeze(await answerText(right))).toBe(squeeze(String(other?.response)))
    const [a, b] = [await left.boundingBox(), await right.boundingBox()]
    expect(Math.abs((a?.y ?? 0) - (b?.y ?? 99))).toBeLessThan(2)
    expect((a?.x ?? 0) + (a?.width ?? 0)).toBeLessThanOrEqual(b?.x ?? 0)
  })

  task("from a mark of the frontier one gets to the row of the corpus behind it", async (page, { click }) => {
    await click(page.getByRole("link", { name: "Frontier", exact: true }))
    const mark = page.getByRole("grid").getByRole("row").filter({ hasText: "online" }).first()
    await click(mark.getByRole("button"))
    const first = page.getByRole("link", { name: /^Lineage of row/ }).first()
    const row = Number((await first.innerText()).replaceAll(/\D/g, ""))
    await click(first)
    await page.getByRole("heading", { level: 1, name: "Lineage" }).waitFor()
    const id = /arms\.seed=\d\.(?:online|offline)/.exec(await page.getByRole("article", { name: /^the row/ }).innerText())?.[0] ?? ""
    const [traced] = await store.select(id, "evaluation", `SELECT prompt FROM artifact WHERE row = ${row}`)
    const [origin] = await query(
      path.resolve(import.meta.dirname, "../../../data/corpora/sentiment/prompts.parquet"),
      `SELECT row, prompt FROM artifact WHERE prompt = '${String(traced?.prompt).replaceAll("'", "''")}'`,
    )
    const corpus = page.getByRole("article", { name: /^prompt, row/ })
    expect(await corpus.getAttribute("aria-label")).toBe(`prompt, row ${Number(origin?.row).toLocaleString("en")} of prompts`)
    expect(await corpus.innerText()).toContain("data/corpora/sentiment/prompts.parquet")
    expect(squeeze(await page.getByRole("article", { name: /^the row/ }).innerText())).toContain(squeeze(String(origin?.prompt)))
  })

  task("the pairs on which gold and proxy disagree most come first", async (page, { click, choose }) => {
    const rows = await store.select(
      "proxyAgreement",
      "judgements",
      "SELECT prompt, chosen, rejected FROM artifact ORDER BY abs(coalesce(p_label, if(tie, 0.5, 1)) - p_judge) DESC LIMIT 3",
    )
    await click(page.getByRole("link", { name: "Generations", exact: true }))
    await choose(page.getByRole("combobox", { name: "Show", exact: true }), "judgements")
    await choose(page.getByRole("combobox", { name: "Order", exact: true }), "gold and proxy disagree most")
    for (const [index, { chosen, rejected }] of rows.entries()) {
      const answer = page.getByRole("listitem", { name: new RegExp(`^Prompt ${index + 1} of`) }).getByRole("group")
      await expect.poll(() => answer.innerText().then(squeeze), slowly).toContain(squeeze(String(chosen)))
      expect(squeeze(await answer.innerText())).toContain(squeeze(String(rejected)))
    }
  })

  task("KL of all seeds is drawn over steps", async (page, { click, choose }) => {
    await click(page.getByRole("link", { name: "Curves", exact: true }))
    await choose(page.getByRole("combobox", { name: "Metric", exact: true }), /^kl \(/)
    await choose(page.getByRole("combobox", { name: "Seeds", exact: true }), "single lines")
    const legend = page.getByRole("region", { name: "Lines" })
    await expect.poll(() => legend.getByRole("listitem").count(), slowly).toBeGreaterThan(0)
    // What is drawn is said in words too: where each line begins and ends.
    const caption = page.locator("figcaption")
    await expect.poll(() => caption.textContent(), slowly).toContain("kl (sft) over step, 4 lines.")
    const said = await caption.textContent()
    for (const id of [1, 2].flatMap((seed) => [`arms.seed=${seed}.offline`, `arms.seed=${seed}.online`])) {
      const rows = await store.select(id, "summary", "SELECT step, kl FROM artifact WHERE against = 'sft' ORDER BY step")
      const [first, last] = [rows[0], rows.at(-1)].map((row) => Number(Number(row?.kl).toPrecision(4)))
      expect(rows.length).toBe(3)
      expect(said).toContain(`from ${first} to ${last} at step 24`)
    }
  })

  task("what differs between the last two runs is said, and that nothing else does", async (page, { click }) => {
    const [after, before] = store.runs()
    await click(page.getByRole("link", { name: "Compare the last two" }))
    const given = page.getByRole("region", { name: /given something else/ })
    const keys = (run: typeof after) => new Map(run?.stages.map(({ id, key }) => [id, key]))
    const [now, then] = [keys(after), keys(before)]
    const different = [...now].filter(([id, key]) => key !== then.get(id)).map(([id]) => id)
    await given.waitFor()
    const through = page.getByRole("region", { name: /only through these/ })
    const named = [...(await stageNames(given)), ...(await stageNames(through))]
    expect(named.toSorted()).toEqual(different.toSorted())
    expect(await textOf(given)).toContain("brevity.ts changed")
    expect(await textOf(page.locator(".compare-same"))).toBe(
      `The runs differ in nothing else: ${now.size - different.length} stages with equal fingerprints.`,
    )
  })

  task("the stage that took longest comes first", async (page, { click }) => {
    const computed = store.newest().stages.filter(({ outcome }) => outcome === "finished")
    const slowest = computed.reduce((most, stage) => (stage.seconds > most.seconds ? stage : most))
    const row = page.getByRole("table").getByRole("row").nth(1)
    // The first page says so already.
    await expect.poll(() => row.innerText(), slowly).toContain(slowest.id)
    await click(page.getByRole("table").getByRole("link", { name: "walk", exact: true }).first())
    // A cached stage shows what it took when it was computed.
    await click(page.getByRole("group", { name: "Outcomes" }).getByRole("button", { name: /^finished/ }))
    const grid = page.getByRole("grid", { name: /stages/i })
    await click(grid.getByRole("button", { name: /duration/i }))
    await expect.poll(() => grid.getByRole("row").nth(1).getByRole("link").first().innerText(), slowly).toBe(slowest.id)
  })

  task("the rows of pairs with a tie are downloaded as CSV", async (page, { click, type, download }) => {
    const rows = await store.select("pairs", "preferences", "SELECT prompt, chosen, rejected, pair_id FROM artifact WHERE tie ORDER BY row")
    const all = store.manifest("pairs").outputs.preferences?.rows ?? 0
    expect(rows.length).toBeGreaterThan(0)
    expect(rows.length).toBeLessThan(all)
    await click(page.getByRole("navigation", { name: "Tables of the latest run" }).getByRole("link", { name: /^pairs/ }))
    await type(page.getByLabel("Filter", { exact: true }), "tie = true")
    await expect.poll(() => page.getByText(`${rows.length} of ${all} rows`).count(), slowly).toBe(1)
    const file = await (await download(page.getByRole("link", { name: "CSV" }))).path()
    expect(await readCsv(file, "prompt, chosen, rejected, pair_id::INTEGER AS pair_id")).toEqual(rows)
  })
})

const rowWith = (grid: Locator, id: string): Locator =>
  grid.getByRole("row").filter({ has: grid.page().getByRole("link", { name: id, exact: true }) })

const textOf = async (element: Locator): Promise<string> => (await element.innerText()).replaceAll(/\s+/g, " ")

const stageNames = (panel: Locator): Promise<ReadonlyArray<string>> => panel.locator(".compare-name").getByRole("link").allInnerTexts()

/** White space shows in many ways; characters that cannot be seen are shown by their names. */
const squeeze = (text: string): string => visibleText(text).replaceAll(/\s+/g, "")

const answerText = async (answer: Locator): Promise<string> => {
  const article = answer.getByRole("article").first()
  const text = await article.evaluate((element) => element.firstElementChild?.textContent ?? "")
  // The token at which it stopped is shown as well.
  return text.replace("<|endoftext|>", "")
}

const fact = (answer: Locator, name: string): Promise<string> =>
  answer.getByRole("article").first().locator("dl > div").filter({ hasText: name }).locator("dd").innerText()
