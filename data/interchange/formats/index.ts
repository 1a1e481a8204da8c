/** The public formats, by their names: as data alone, so that they load at once. */

import type { Layout } from "./layout.ts"
import { models } from "./models.ts"
import { people } from "./people.ts"
import { tools } from "./tools.ts"

export type { Layout } from "./layout.ts"

const all = { ...tools, ...people, ...models } as const

/** A format by its name. */
export type FormatName = keyof typeof all

export const layouts: Readonly<Record<FormatName, Layout>> = all

export const formatNames = Object.keys(all) as ReadonlyArray<FormatName>

/** The formats in groups, as the reference shows them. */
export const groups = { tools, people, models } as const satisfies Record<string, Readonly<Record<string, Layout>>>
