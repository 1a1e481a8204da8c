/** The marks as a table: it selects them as the figure does, and has their numbers. */

import { useMemo } from "react"
import type { Mark } from "../../../serve/api.ts"
import { ForeignText } from "../../elements/foreign-text.tsx"
import { Grid, type GridColumn } from "../../elements/grid/grid.tsx"
import { formatNumber, unknown } from "../../text/format.ts"
import { type Arm, type DrawnMark, formatInterval } from "./marks.ts"

interface Props {
  readonly marks: ReadonlyArray<DrawnMark>
  readonly arms: ReadonlyArray<Arm>
  readonly selected: number | null
  readonly onSelect: (row: number) => void
}

export const MarkList = ({ marks, arms, selected, onSelect }: Props) => {
  const columns = useMemo(() => columnsOf(arms, selected, onSelect), [arms, selected, onSelect])
  const rowAt = useMemo(() => (index: number) => marks[index], [marks])
  return (
    <Grid
      label="Marks: Enter selects one"
      columns={columns}
      total={marks.length}
      rowAt={rowAt}
      onOpen={(index) => {
        const drawn = marks[index]
        if (drawn !== undefined) onSelect(drawn.mark.row)
      }}
      rowClass={({ mark }) => (mark.row === selected ? "frontier-row-selected" : "")}
      empty="No marks."
    />
  )
}

const columnsOf = (
  arms: ReadonlyArray<Arm>,
  selected: number | null,
  onSelect: (row: number) => void,
): ReadonlyArray<GridColumn<DrawnMark>> => {
  const labels = new Map(arms.map(({ key, label }) => [key, label]))
  const number = (key: string, header: string, width: number, value: (mark: Mark) => number | null): GridColumn<DrawnMark> => ({
    key,
    header,
    width,
    align: "end",
    cell: ({ mark }) => {
      const shown = value(mark)
      return <span className="number">{shown === null ? unknown : formatNumber(shown, 3)}</span>
    },
  })
  const interval = (key: string, header: string, of: (mark: Mark) => string): GridColumn<DrawnMark> => ({
    key,
    header,
    width: 130,
    align: "end",
    cell: ({ mark }) => <span className="faint number">{of(mark)}</span>,
  })
  return [
    {
      key: "arm",
      header: "Arm",
      width: 190,
      grow: true,
      cell: ({ mark, arm }) => (
        <button
          type="button"
          className="frontier-list-button"
          tabIndex={-1}
          aria-pressed={mark.row === selected}
          onClick={() => onSelect(mark.row)}
        >
          <ForeignText text={labels.get(arm) ?? mark.arm} />
        </button>
      ),
    },
    {
      key: "seed",
      header: "Seed",
      width: 84,
      cell: ({ mark: { world, seed, evaluations } }) => (
        <span className={seed === null && world === null ? "" : "soft"}>
          {world === null ? null : <ForeignText text={`world ${world}${seed === null ? "" : ", "}`} />}
          {seed === null ? (world === null && evaluations.length > 1 ? "all" : world === null ? unknown : null) : String(seed)}
        </span>
      ),
    },
    number("step", "Step", 70, ({ step }) => step),
    number("kl", "KL (nats)", 80, ({ kl }) => kl),
    number("win", "Win rate", 80, ({ winRate }) => winRate),
    number("efficiency", "Efficiency", 84, ({ efficiency }) => efficiency),
    number("reward", "Reward", 80, ({ reward }) => reward),
    interval("kl interval", "KL, 95 %", ({ klLow, klHigh }) => formatInterval(klLow, klHigh)),
    interval("win interval", "Win rate, 95 %", ({ winLow, winHigh }) => formatInterval(winLow, winHigh)),
  ]
}
