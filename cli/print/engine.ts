import type { DescribedEngine } from "../engine/describe.ts"
import { formatBytes } from "./number.ts"

/** One engine: its name, version and place. */
export const engineLine = ({
  engine,
  version,
  folder,
  bytes,
}: Pick<DescribedEngine, "engine" | "version" | "folder" | "bytes">): string => {
  const place = folder === null ? "" : `  ${folder}${bytes === null ? "" : `, ${formatBytes(bytes)}`}`
  return version === null ? engine : `${engine.padEnd(14)}  ${version}${place}`
}
