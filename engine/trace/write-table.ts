import { writeFile } from "node:fs/promises"
import { kernelTable } from "./table.ts"

await writeFile(new URL("../KERNELS.md", import.meta.url), kernelTable())
