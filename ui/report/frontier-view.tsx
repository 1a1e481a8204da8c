/** A frontier as `assay ui` shows it: arms can be hidden, and a mark says what it is. */

import { useMemo, useState } from "react"
import type { Frontier } from "../../serve/api.ts"
import { ForeignText } from "../elements/foreign-text.tsx"
import { Tabs } from "../elements/tabs.tsx"
import { formatNumber } from "../text/format.ts"
import { Figure } from "../views/frontier/figure.tsx"
import { armsOf, armsOverSeeds, axesOf, type DrawnMark, drawMarks, formatInterval, nameMark } from "../views/frontier/marks.ts"
import { includeOracle, oracleOf } from "../views/frontier/oracle.ts"

export const FrontierView = ({ frontier }: { readonly frontier: Frontier }) => {
  const opponents = useMemo(() => [...new Set(frontier.marks.map(({ against }) => against))], [frontier])
  const [against, setAgainst] = useState(opponents[0] ?? "")
  const [hidden, setHidden] = useState<ReadonlyArray<string>>([])
  const [row, setRow] = useState<number | null>(null)
  const arms = useMemo(() => armsOf(frontier.marks), [frontier])
  const { drawn, axes, oracle } = useMemo(() => {
    const ofOpponent = frontier.marks.filter((mark) => mark.against === against)
    const labels = new Map(arms.map(({ key, label }) => [key, label]))
    const line = oracleOf(frontier, against)
    return {
      drawn: drawMarks(ofOpponent, armsOverSeeds(frontier.marks)).filter(({ arm }) => !hidden.includes(labels.get(arm) ?? "")),
      axes: includeOracle(axesOf(ofOpponent), line),
      oracle: line,
    }
  }, [frontier, arms, against, hidden])
  const selected = drawn.find(({ mark }) => mark.row === row) ?? null
  const figure = (
    <>
      <Figure
        title={frontier.title}
        against={against}
        arms={arms}
        shown={arms}
        hidden={hidden}
        drawn={drawn}
        axes={axes}
        oracle={oracle}
        selected={selected}
        onSelect={setRow}
        onHide={setHidden}
      />
      <p className="report-mark" aria-live="polite">
        {selected === null ? <span className="faint">Choose a mark to read it.</span> : <Described drawn={selected} />}
      </p>
    </>
  )
  return (
    <>
      <h3>
        <ForeignText text={frontier.title} />
      </h3>
      {opponents.length > 1 ? (
        <Tabs
          label="Opponent"
          value={against}
          tabs={opponents.map((opponent) => ({ value: opponent, label: <ForeignText text={`against ${opponent}`} /> }))}
          onChange={(opponent) => {
            setAgainst(opponent)
            setRow(null)
          }}
        >
          {figure}
        </Tabs>
      ) : (
        figure
      )}
    </>
  )
}

const Described = ({ drawn }: { readonly drawn: DrawnMark }) => {
  const { klLow, klHigh, kl, winRate, winLow, winHigh } = drawn.mark
  return (
    <>
      <strong>
        <ForeignText text={nameMark(drawn.mark)} />
      </strong>
      : win rate {formatNumber(winRate, 3)} ({formatInterval(winLow, winHigh)}) at KL {formatNumber(kl)} nats (
      {formatInterval(klLow, klHigh)})
    </>
  )
}
