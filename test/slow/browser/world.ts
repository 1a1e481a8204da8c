/** The real server on the real store, and a real browser that looks at it. */

import { type ChildProcess, spawn } from "node:child_process"
import * as path from "node:path"
import { type Browser, type BrowserContext, type Page, chromium as playwright } from "playwright-core"
import { chromium } from "./chromium.ts"

const command = path.resolve(import.meta.dirname, "../../../cli/assay.mjs")

/** A machine that is busy with other things takes its time. */
export const patienceMs = 60_000

export interface Server {
  readonly url: string
  /** With the token. */
  readonly address: string
  /** From the start of the command to the address, milliseconds. */
  readonly tookMs: number
  readonly process: ChildProcess
  readonly stop: () => Promise<void>
}

export const startServer = async (folder: string, ...flags: ReadonlyArray<string>): Promise<Server> => {
  const started = performance.now()
  const child = spawn(process.execPath, [command, "ui", "--no-open", "--json", ...flags], {
    cwd: folder,
    stdio: ["ignore", "pipe", "inherit"],
  })
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()))
  let printed = ""
  const { url, address } = await new Promise<{ url: string; address: string }>((resolve, reject) => {
    child.stdout.on("data", (chunk) => {
      printed += chunk
      try {
        resolve(JSON.parse(printed))
      } catch {
        // The rest is on its way.
      }
    })
    child.once("exit", (code) => reject(new Error(`assay ui ended with ${code}`)))
  })
  const stop = async () => {
    child.kill("SIGINT")
    await ended
  }
  return { url, address, tookMs: performance.now() - started, process: child, stop }
}

export const startBrowser = (): Promise<Browser> =>
  playwright.launch({ executablePath: chromium ?? "", args: ["--no-sandbox", "--disable-dev-shm-usage"] })

/** Starts a command in the project, as somebody at its terminal. */
export const startCommand = (folder: string, ...given: ReadonlyArray<string>): ChildProcess =>
  spawn(process.execPath, [command, ...given], { cwd: folder, stdio: "ignore" })

export interface Tab {
  readonly page: Page
  readonly context: BrowserContext
  /** What a page must not do: errors, refused loads, requests to elsewhere, dialogues. */
  readonly complaints: ReadonlyArray<string>
}

interface TabOptions {
  readonly width?: number
  readonly height?: number
  readonly colorScheme?: "light" | "dark"
}

/** A browser of its own cookies, at the first page. */
export const openTab = async (browser: Browser, server: Server, options: TabOptions = {}): Promise<Tab> => {
  const { width = 1280, height = 800, colorScheme = "light" } = options
  const context = await browser.newContext({ viewport: { width, height }, colorScheme, acceptDownloads: true })
  context.setDefaultTimeout(patienceMs)
  const page = await context.newPage()
  const complaints: Array<string> = []
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") complaints.push(`console ${message.type()}: ${message.text()}`)
  })
  page.on("pageerror", (error) => complaints.push(`error: ${error.message}`))
  page.on("dialog", (dialog) => {
    complaints.push(`dialogue: ${dialog.message()}`)
    dialog.dismiss().catch(closedMeanwhile)
  })
  await context.route("**/*", (route) => {
    const { hostname } = new URL(route.request().url())
    if (hostname === "127.0.0.1") return route.continue().catch(closedMeanwhile)
    complaints.push(`request to ${hostname}`)
    return route.abort().catch(closedMeanwhile)
  })
  // Violations of the page's policy are events, also where no message is written.
  await context.addInitScript(() => {
    document.addEventListener("securitypolicyviolation", (event) => console.error(`policy: ${event.violatedDirective} ${event.blockedURI}`))
  })
  await page.goto(server.address)
  await page.getByRole("heading", { level: 1 }).waitFor()
  return { page, context, complaints }
}

/**
 * A page that is closed may have requests on their way: what was to be done with them fails, in no
 * test, and would fail the run. Anything else that goes wrong with a request is seen on the page.
 */
const closedMeanwhile = (): void => {}

/** Waits until nothing is being loaded, and what was loaded has been drawn. */
export const settled = async (page: Page): Promise<void> => {
  await page.getByRole("heading", { level: 1 }).waitFor()
  await page.waitForFunction(() => document.querySelector(".skeleton, .grid-blank, .pending") === null)
  await page.waitForFunction(() => !/Loading/.test(document.querySelector("#main")?.textContent ?? ""))
  await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve, 300))))
}

/** For `expect.poll`, on a machine that is busy. */
export const slowly = { timeout: patienceMs, interval: 100 }
