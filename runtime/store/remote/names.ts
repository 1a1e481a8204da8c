import * as path from "node:path"
import type { Layout } from "../layout.ts"

/** The name of a file of the local folder in a store of objects: its path, with `/`. */
export const nameOf = ({ root }: Layout, file: string): string => path.relative(root, file).split(path.sep).join("/")

/** The file of the local folder that stands for an object. */
export const fileOf = ({ root }: Layout, name: string): string => path.join(root, ...name.split("/"))
