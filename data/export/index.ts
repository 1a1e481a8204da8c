/** Tables in formats that others read, from Parquet files, in bounded memory. */

export { exportCsv } from "./csv.ts"
export { downloadPieces } from "./download.ts"
export { exportJsonLines } from "./json-lines.ts"
