import { pathToFileURL } from "node:url"
import { StageError } from "../../../dsl/stage-error.ts"

/** The plugins that a task is given. */
export interface Plugins {
  /** What the module of the plugin at a place exports as `run`. Rejects if there is none. */
  readonly load: (place: ReadonlyArray<string>) => Promise<unknown>
}

/** `bundles` are the modules of the plugins, by their printed places. */
export const pluginsFrom = (bundles: Readonly<Record<string, string>>): Plugins => ({
  load: async (place) => {
    const name = place.join(".")
    const bundle = Object.hasOwn(bundles, name) ? bundles[name] : undefined
    if (bundle === undefined) {
      const known = Object.keys(bundles)
      const found = known.length === 0 ? "the stage was given none" : `there are ${known.join(", ")}`
      const remedy =
        "An artifact has one if the stage that made it declares it in `plugins`, as scorer() does; a file from outside has none"
      throw new StageError("NoPlugin", `there is no plugin at "${name}": ${found}. ${remedy}`)
    }
    return ((await import(pathToFileURL(bundle).href)) as { readonly run: unknown }).run
  },
})
