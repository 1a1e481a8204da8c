import { apiReport } from "./api.ts"
import { artifactsPage } from "./artifacts.ts"
import { cliPage } from "./cli.ts"
import { errorsPage } from "./errors.ts"
import { eventsPage } from "./events.ts"
import { formatsPage } from "./formats.ts"
import { languagePage, lossesPage } from "./language.ts"
import { learningPage } from "./learning.ts"
import { settingsPage } from "./settings.ts"
import { readSource, type Source } from "./source.ts"
import { stagePages, stagesPage } from "./stages.ts"
import { storePage } from "./store.ts"

/** How a page is made of the sources. */
type Page = (source: Source) => string | Promise<string>

/** The pages, in the order in which a reader looks for them. */
const pages: Readonly<Record<string, Page>> = {
  "stages.md": stagesPage,
  ...stagePages,
  "losses.md": lossesPage,
  "artifacts.md": artifactsPage,
  "formats.md": formatsPage,
  "language.md": languagePage,
  "learning.md": learningPage,
  "cli.md": cliPage,
  "errors.md": errorsPage,
  "events.md": eventsPage,
  "settings.md": settingsPage,
  "store.md": storePage,
}

const notice = "<!-- Generated from the sources by `npm run reference`. Change those, not this file. -->"

/** All that is generated, by the paths of the files from the root. */
export const generatedFiles = async (source: Source = readSource()): Promise<ReadonlyMap<string, string>> => {
  const made = new Map([["test/docs/api.md", apiReport(source)]])
  for (const [index, [name, page]] of Object.entries(pages).entries())
    made.set(`docs/reference/${name}`, `---\norder: ${index + 1}\n---\n\n${notice}\n\n${(await page(source)).trim()}\n`)
  return made
}
