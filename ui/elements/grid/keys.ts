/** Where keys move the active cell of a grid. */

interface Cell {
  readonly row: number
  readonly column: number
}

interface Size {
  readonly rows: number
  readonly columns: number
  /** Rows that Page Down moves. */
  readonly page: number
}

interface Key {
  readonly key: string
  readonly ctrlKey: boolean
  readonly metaKey: boolean
  readonly altKey: boolean
}

/** Null of a key that moves nothing. */
export const moveCell = ({ key, ctrlKey, metaKey, altKey }: Key, from: Cell | null, { rows, columns, page }: Size): Cell | null => {
  if (rows === 0 || columns === 0 || altKey) return null
  const far = ctrlKey || metaKey
  const { row, column } = from ?? { row: 0, column: 0 }
  const to = ((): Cell | null => {
    switch (key) {
      case "ArrowUp":
        return { row: far ? 0 : row - 1, column }
      case "ArrowDown":
        return { row: far ? rows - 1 : row + 1, column }
      case "ArrowLeft":
        return { row, column: far ? 0 : column - 1 }
      case "ArrowRight":
        return { row, column: far ? columns - 1 : column + 1 }
      case "PageUp":
        return { row: row - page, column }
      case "PageDown":
        return { row: row + page, column }
      case "Home":
        return { row: far ? 0 : row, column: 0 }
      case "End":
        return { row: far ? rows - 1 : row, column: columns - 1 }
      default:
        return null
    }
  })()
  if (to === null) return null
  return { row: Math.min(rows - 1, Math.max(0, to.row)), column: Math.min(columns - 1, Math.max(0, to.column)) }
}
