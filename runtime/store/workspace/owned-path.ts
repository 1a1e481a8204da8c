import * as path from "node:path"
import { processTag } from "../../disk/process.ts"
import type { Layout } from "../layout.ts"

/** A path among the store's temporary ones whose name tells whose it is. */
export const temporaryPath = (layout: Layout, name: string): string => path.join(layout.temporary, `process-${processTag()}.${name}`)

/**
 * The tag of the process that a temporary name belongs to; undefined for names of other versions.
 */
export const tagIn = (name: string): string | undefined => /^process-([0-9a-f]{12})\./.exec(name)?.[1]
