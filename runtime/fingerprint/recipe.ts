import * as path from "node:path"
import { Context } from "effect"
import { readPackageJson } from "../bundle/package-json.ts"

/** How code is brought into the form that is digested. Other tools, or other versions of them, may bring it into another. */
export interface RecipeShape {
  /** Names the tools with their versions: two forms are compared only if one recipe made both. */
  readonly name: (assayRoot: string) => string
  /** The same text for code that differs in names of locals and formatting alone, and its ESTree. */
  readonly canonical: (code: string) => Promise<{ readonly code: string; readonly ast: unknown }>
}

export const Recipe: Context.Reference<RecipeShape> = Context.Reference<RecipeShape>("assay/runtime/Recipe", {
  defaultValue: () => ({
    name: (assayRoot) =>
      ["esbuild", "terser"]
        .map((tool) => `${tool} ${readPackageJson(path.join(assayRoot, "node_modules", tool))?.version ?? "of an unknown version"}`)
        .join(", "),
    canonical: async (code) => {
      // Loaded when there is something to digest: mostly nothing has changed.
      const { minify } = await import("terser")
      // `spidermonkey` is terser's name for ESTree.
      return (await minify(code, {
        module: true,
        compress: false,
        mangle: true,
        format: { spidermonkey: true, code: true } as object,
      })) as { readonly code: string; readonly ast: unknown }
    },
  }),
})
