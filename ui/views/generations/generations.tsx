/** The page of generations: choices, prompts with their answers, and what colours mean. */

import { useQuery } from "@tanstack/react-query"
import { useRef } from "react"
import type { GenerationOrder, GenerationSource, GenerationsRequest, RunStage } from "../../../serve/api.ts"
import { type ResponseSetChoice, responseSetsParam } from "../../address/response-sets.ts"
import { useDraft } from "../../address/use-draft.ts"
import { setParams, useParam } from "../../address/use-param.ts"
import { generationsQuery } from "../../api/queries.ts"
import { Empty } from "../../elements/empty.tsx"
import { Failure } from "../../elements/failure.tsx"
import { ForeignText } from "../../elements/foreign-text.tsx"
import { Skeleton } from "../../elements/skeleton.tsx"
import { plural } from "../../text/format.ts"
import { alongParam, atParam, ofParam, orderParam, placeOf, plainParam, promptParam, promptsPerPage, searchParam } from "./address.ts"
import { Along } from "./along.tsx"
import { Legend } from "./legend.tsx"
import { Paging } from "./paging.tsx"
import { Prompts } from "./prompts.tsx"
import { ResponseSetHeads } from "./response-set-heads.tsx"
import { askResponseSet, judgedResponseSet } from "./response-sets.ts"
import { Toolbar } from "./toolbar.tsx"
import { usePromptKeys } from "./use-prompt-keys.ts"
import { useResponseSets } from "./use-response-sets.ts"

interface Props {
  readonly run: string
  readonly sources: ReadonlyArray<GenerationSource>
  readonly stages: ReadonlyArray<RunStage>
}

export const Generations = ({ run, sources, stages }: Props) => {
  const responseSets = useResponseSets(sources, stages)
  const [order] = useParam("order", orderParam)
  const [of] = useParam("of", ofParam)
  const [search] = useParam("search", searchParam)
  const [prompt] = useParam("prompt", promptParam)
  const [wantedAt, setAt] = useParam("at", atParam)
  const [wantedAlong] = useParam("along", alongParam)
  const [isPlain, setPlain] = useParam("plain", plainParam)
  const searchDraft = useDraft(search, (text) => setParams({ search: searchParam.write(text), at: null }))
  const container = useRef<HTMLDivElement>(null)

  const { shown } = responseSets
  const ordered = placeOf(of, shown.length) ?? judgedResponseSet(shown)
  const along = placeOf(wantedAlong, shown.length)
  const single = along === null ? undefined : shown[along]
  const at = Math.max(0, Math.floor(wantedAt ?? 0))
  const offset = Math.floor(at / promptsPerPage) * promptsPerPage
  const request: GenerationsRequest = {
    run,
    responseSets: shown.map(askResponseSet),
    order,
    of: ordered,
    ...(search === "" ? {} : { search }),
    ...(prompt === null ? {} : { prompt }),
    offset,
    limit: promptsPerPage,
  }
  const query = useQuery({ ...generationsQuery(request), enabled: shown.length > 0 && !responseSets.isPending })
  const total = query.data?.total ?? 0
  const moves = usePromptKeys({ at, total, container, loaded: query.isPlaceholderData ? null : query.data, onMove: setAt })

  const setResponseSets = (next: ReadonlyArray<ResponseSetChoice> | null) =>
    setParams({ responses: responseSetsParam.write(next), at: null, of: null, along: null }, { push: true })
  const current = query.isPlaceholderData ? undefined : query.data?.prompts[at - offset]
  const hasColours = (query.data?.prompts ?? []).some(({ answers }) =>
    answers.some((several) => several.some(({ tokens }) => tokens?.some(({ logRatio }) => logRatio !== null))),
  )
  return (
    <>
      <Toolbar
        presets={responseSets.presets}
        choices={responseSets.choices}
        shown={shown}
        order={order}
        of={ordered}
        search={searchDraft}
        onResponseSets={setResponseSets}
        onOrder={(next: GenerationOrder) => setParams({ order: orderParam.write(next), at: null })}
        onOf={(next) => setParams({ of: String(next), at: null })}
      />
      {prompt === null ? null : (
        <p className="row-of">
          <span className="faint">Only the prompt</span>
          <strong className="clip only-prompt">
            <ForeignText text={prompt} />
          </strong>
          <button type="button" className="text-button" onClick={() => setParams({ prompt: null, at: null }, { push: true })}>
            All prompts
          </button>
        </p>
      )}
      {responseSets.missing.map(({ id, output }) => (
        <p key={`${id} ${output}`} className="wrong">
          <ForeignText text={`${id} · ${output}`} /> is not in this run.{" "}
          <button
            type="button"
            className="text-button"
            onClick={() => setResponseSets(responseSets.choices.filter((choice) => choice.id !== id || choice.output !== output))}
          >
            Remove
          </button>
        </p>
      ))}
      <div ref={container} className={isPlain ? "generations plain" : "generations"}>
        <ResponseSetHeads
          sources={sources}
          choices={responseSets.choices}
          shown={shown}
          along={along}
          onResponseSets={setResponseSets}
          onAlong={(next) => setParams({ along: next === null ? null : String(next) }, { push: true })}
        />
        {shown.length === 0 ? (
          <Empty title="No texts are chosen.">
            <p>Add responses: those of a policy, an evaluation at a step, or labelled pairs.</p>
          </Empty>
        ) : responseSets.error !== null ? (
          <Failure error={responseSets.error} onRetry={responseSets.retry} />
        ) : query.error !== null ? (
          <Failure error={query.error} onRetry={() => void query.refetch()} />
        ) : query.data === undefined ? (
          <Skeleton lines={12} label="Loading answers" />
        ) : total === 0 ? (
          <NothingShared count={shown.length} isSearched={search !== "" || prompt !== null} />
        ) : at >= total ? (
          <Empty title={`There are only ${plural(total, "prompt")}.`}>
            <button type="button" className="button" onClick={() => moves.moveTo(0)}>
              To the first
            </button>
          </Empty>
        ) : single !== undefined ? (
          current === undefined ? (
            <Skeleton lines={8} label="Loading answers" />
          ) : (
            <Along run={run} responseSet={single} prompt={current.prompt} at={at} total={total} />
          )
        ) : (
          <Prompts run={run} shown={shown} page={query.data} offset={offset} at={at} isOld={query.isPlaceholderData} />
        )}
      </div>
      <footer className="generations-foot">
        <Paging at={at} offset={offset} total={total} isSingle={along !== null} onMove={moves.moveTo} />
        {total === 0 ? null : <Legend container={container} isPlain={isPlain} hasColours={hasColours} onPlain={setPlain} />}
      </footer>
    </>
  )
}

const NothingShared = ({ count, isSearched }: { readonly count: number; readonly isSearched: boolean }) => (
  <Empty
    title={isSearched ? "No prompt fits." : count > 1 ? "No prompt was answered by all of these." : "The table has no rows of this step."}
  >
    {count > 1 ? (
      <p>Only prompts are shown that all columns have answered. Remove one of them, or choose tables of the same prompts.</p>
    ) : null}
  </Empty>
)
