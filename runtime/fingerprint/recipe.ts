import { Context } from "effect"
import { installed } from "../packages/installed.ts"
import { readPackageJson } from "../packages/package-json.ts"
import { scopesOf } from "./scope.ts"
import { visibleText } from "./visible-names.ts"

/**
 * How code is brought into the form that is digested. Other tools, or other versions of them, may
 * bring it into another.
 */
export interface RecipeShape {
  /** Names the tools with their versions: two forms are compared only if one recipe made both. */
  readonly name: (assayRoot: string) => string
  /**
   * The same text for code that differs in formatting alone, and in names that it cannot see
   * itself.
   */
  readonly canonical: (code: string) => Promise<string>
}

export const Recipe: Context.Reference<RecipeShape> = Context.Reference<RecipeShape>("assay/runtime/Recipe", {
  defaultValue: () => ({
    name: (assayRoot) => ["esbuild", "terser"].map((tool) => `${tool} ${versionOf(tool, assayRoot) ?? "of an unknown version"}`).join(", "),
    canonical: async (code) => {
      const visible = visibleText(scopesOf(code))
      // Loaded when there is something to digest: mostly nothing has changed.
      const { minify } = await import("terser")
      const { code: text = "" } = await minify(code, { module: true, compress: false, mangle: visible.sees !== "text" })
      return visible.sees === "names" ? `${text}\n//# names ${JSON.stringify(visible.names)}` : text
    },
  }),
})

const versionOf = (tool: string, assayRoot: string): string | undefined => {
  const folder = installed(assayRoot, tool)
  return folder === undefined ? undefined : readPackageJson(folder)?.version
}
