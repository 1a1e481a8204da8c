import type { GridColumn } from "../../../serve/api.ts"

/** A filter that could be typed for a table with these columns; "" where none comes to mind. */
export const filterExample = (columns: ReadonlyArray<GridColumn>): string => {
  const named = columns.filter(({ name }) => /^[a-z_]\w*$/i.test(name))
  const first = (fits: (column: GridColumn) => boolean, condition: string): ReadonlyArray<string> => {
    const found = named.find(fits)
    return found === undefined ? [] : [`${found.name} ${condition}`]
  }
  const conditions = [
    ...first(({ kind }) => kind === "boolean", "= true"),
    ...first(({ type }) => type === "DOUBLE" || type === "FLOAT", "> 0.5"),
  ]
  return (conditions.length > 0 ? conditions : first(({ kind }) => kind === "number", "> 100")).join(" and ")
}
