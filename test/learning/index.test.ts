import * as fs from "node:fs"
import * as path from "node:path"
import { describe, expect, test } from "vitest"

const root = path.resolve(import.meta.dirname, "../..")
const room = path.join(root, "learning")

/**
 * Names from modules of Assay's own that a module imports or hands on, as
 * `learning/policy/files.ts readPolicy`.
 */
const namesFrom = (file: string, text = fs.readFileSync(path.join(root, file), "utf8")): ReadonlyArray<string> =>
  [...text.matchAll(/^(?:import|export) (?:type )?\{([^}]*)\} from "(\.[^"]+)"/gm)].flatMap(([, names = "", from = ""]) => {
    const module = path.join(path.dirname(file), from)
    return names.split(",").flatMap((each) => {
      const name =
        each
          .trim()
          .replace(/^type /, "")
          .split(" as ")[0] ?? ""
      return name === "" ? [] : [`${module} ${name}`]
    })
  })

const exported = new Set(namesFrom("learning/index.ts"))

/** What a training imports that a user could not have imported; its own declaration aside. */
const privateTo = (file: string, text?: string): ReadonlyArray<string> =>
  namesFrom(file, text).filter((name) => !exported.has(name) && !/\.stage\.ts \w+$|^learning\/train\/online\.ts learnOnline$/.test(name))

describe("assay/learning", () => {
  const trainings = ["sft.ts", "optimize.ts", "online.ts", "optimize-online.ts", "golden-policy.ts"].map((file) => `learning/train/${file}`)

  test.each(trainings)("holds all that %s is made of", (file) => {
    expect(namesFrom(file)).not.toEqual([])
    expect(privateTo(file)).toEqual([])
  })

  test("would be found to lack a part that a training imports from elsewhere", () => {
    const text = 'import { readPolicy } from "../policy/files.ts"\nimport { type Cut, truncate } from "../policy/truncate.ts"\n'
    expect(privateTo("learning/train/optimize.ts", text)).toEqual([
      "learning/policy/truncate.ts Cut",
      "learning/policy/truncate.ts truncate",
    ])
  })

  test("is every implementation of a training stage that the room has, but for the one that copies a checkpoint", () => {
    const declared = fs.readdirSync(path.join(room, "train")).filter((file) => file.endsWith(".stage.ts") && file !== "policy-at.stage.ts")
    for (const stage of declared) expect(trainings).toContain(`learning/train/${stage.replace(".stage.ts", ".ts")}`)
  })
})
