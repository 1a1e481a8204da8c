/** Frontier: win rate against KL, and from each mark the ways to its texts and its rows. */

import { useQuery } from "@tanstack/react-query"
import { useCallback, useMemo } from "react"
import type { Frontier } from "../../../serve/api.ts"
import { setParams, useParam } from "../../address/use-param.ts"
import { frontiersQuery } from "../../api/queries.ts"
import { Empty } from "../../elements/empty.tsx"
import { ForeignText } from "../../elements/foreign-text.tsx"
import { Loaded } from "../../elements/loaded.tsx"
import { Page } from "../../elements/page.tsx"
import { Panel } from "../../elements/panel.tsx"
import { Select } from "../../elements/select.tsx"
import { Tabs } from "../../elements/tabs.tsx"
import { formatNumber } from "../../text/format.ts"
import { visibleText } from "../../text/visible.ts"
import { frontierParams } from "./address.ts"
import { Figure } from "./figure.tsx"
import { MarkList } from "./mark-list.tsx"
import { MarkPanel } from "./mark-panel.tsx"
import { armsOf, armsOverSeeds, axesOf, drawMarks, listMarks } from "./marks.ts"
import { includeOracle, oracleOf } from "./oracle.ts"

const FrontierView = ({ run }: { readonly run: string }) => {
  const query = useQuery(frontiersQuery(run))
  const [chosen, setChosen] = useParam("frontier", frontierParams.frontier)
  const frontiers = query.data ?? []
  const frontier = frontiers.find(({ id }) => id === chosen) ?? frontiers[0]
  return (
    <Page
      title="Frontier"
      actions={
        frontiers.length > 1 && frontier !== undefined ? (
          <span className="frontier-choice">
            <Select
              label="Figure"
              value={frontier.id}
              options={frontiers.map(({ id, title }) => ({ value: id, label: visibleText(title === "" ? id : `${id}: ${title}`) }))}
              onChange={(id) => {
                setChosen(id)
                setParams({ against: null, beta: null, hide: null, mark: null })
              }}
            />
          </span>
        ) : null
      }
    >
      <Loaded query={query}>
        {() =>
          frontier === undefined || frontier.marks.length === 0 ? (
            <Empty title="This run has no frontier.">
              <p>
                A stage <code>frontier</code> draws one of the evaluations that it is given. It appears here when it has finished.
              </p>
            </Empty>
          ) : (
            <Drawn key={frontier.id} run={run} frontier={frontier} />
          )
        }
      </Loaded>
    </Page>
  )
}

const Drawn = ({ run, frontier }: { readonly run: string; readonly frontier: Frontier }) => {
  const [wantedOpponent] = useParam("against", frontierParams.against)
  const [wantedBeta, setBeta] = useParam("beta", frontierParams.beta)
  const [hidden, setHidden] = useParam("hide", frontierParams.hide)
  const [seeds, setSeeds] = useParam("seeds", frontierParams.seeds)
  const [row, setRow] = useParam("mark", frontierParams.mark, { push: true })

  const opponents = useMemo(() => [...new Set(frontier.marks.map(({ against }) => against))], [frontier])
  const selected = frontier.marks.find((mark) => mark.row === row) ?? null
  const against = opponents.find((opponent) => opponent === (wantedOpponent || selected?.against)) ?? opponents[0] ?? ""
  const betas = useMemo(
    () => [...new Set(frontier.marks.flatMap(({ beta }) => (beta === null ? [] : [beta])))].sort((a, b) => a - b).map(String),
    [frontier],
  )
  const beta = betas.find((value) => value === wantedBeta) ?? ""
  const arms = useMemo(() => armsOf(frontier.marks), [frontier])
  const shownArms = useMemo(() => (beta === "" ? arms : arms.filter((arm) => String(arm.beta) === beta)), [arms, beta])
  const { drawn, axes, oracle } = useMemo(() => {
    const ofOpponent = frontier.marks.filter((mark) => mark.against === against && (beta === "" || String(mark.beta) === beta))
    const all = drawMarks(ofOpponent, armsOverSeeds(frontier.marks))
    const labels = new Map(arms.map(({ key, label }) => [key, label]))
    const line = oracleOf(frontier, against)
    return {
      drawn: all.filter(({ arm, isFaint }) => !hidden.includes(labels.get(arm) ?? "") && (seeds === "shown" || !isFaint)),
      // Of all arms, so that hiding one moves nothing.
      axes: includeOracle(axesOf(ofOpponent), line),
      oracle: line,
    }
  }, [frontier, arms, against, beta, hidden, seeds])
  const marks = useMemo(() => listMarks(drawn, arms), [drawn, arms])
  const select = useCallback((chosen: number) => setRow(chosen), [setRow])

  const figure = (
    <Figure
      title={frontier.title === "" ? frontier.id : frontier.title}
      against={against}
      arms={arms}
      shown={shownArms}
      hidden={hidden}
      drawn={drawn}
      axes={axes}
      oracle={oracle}
      selected={drawn.find(({ mark }) => mark.row === row) ?? null}
      onSelect={select}
      onHide={setHidden}
    />
  )
  return (
    <>
      <div className="frontier-head">
        <p className="soft">
          <ForeignText text={frontier.title} />
        </p>
        <span className="row-of">
          {betas.length > 1 ? (
            <Select
              label="β"
              value={beta}
              options={[{ value: "", label: "all" }, ...betas.map((value) => ({ value, label: formatNumber(Number(value)) }))]}
              onChange={setBeta}
            />
          ) : null}
          <button
            type="button"
            className="button"
            aria-pressed={seeds === "shown"}
            onClick={() => setSeeds(seeds === "shown" ? "hidden" : "shown")}
          >
            Single seeds
          </button>
        </span>
      </div>
      <div className="frontier-body">
        <div className="frontier-main">
          {opponents.length > 1 ? (
            <Tabs
              label="Opponent"
              value={against}
              tabs={opponents.map((opponent) => ({ value: opponent, label: <ForeignText text={`against ${opponent}`} /> }))}
              onChange={(opponent) => setParams({ against: opponent, mark: null })}
            >
              {figure}
            </Tabs>
          ) : (
            figure
          )}
        </div>
        <div className="frontier-side">
          {selected === null ? (
            <Panel title="Mark">
              <p className="faint">
                Choose a mark in the figure or in the list: here are its checkpoint, its texts, and the rows of the corpus behind it.
              </p>
            </Panel>
          ) : (
            <MarkPanel key={selected.row} run={run} mark={selected} oracle={oracle} onClose={() => setRow(null)} />
          )}
        </div>
        <div className="frontier-list">
          <MarkList marks={marks} arms={arms} selected={row} onSelect={select} />
        </div>
      </div>
    </>
  )
}

export default FrontierView
