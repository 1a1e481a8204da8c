#!/usr/bin/env bash
# Workers as an array of jobs, which end when there has been nothing to do for a minute. From the
# project's folder, where `npm ci --ignore-scripts` has run, on a file system that the nodes share:
#
#   export ASSAY_DATABASE_URL=… ASSAY_STORE=…
#   sbatch deploy/slurm/workers.sh
#   sbatch --array=1-16 --gpus=1 deploy/slurm/workers.sh --label a100
#
#SBATCH --job-name=assay
#SBATCH --array=1-4
#SBATCH --nodes=1
#SBATCH --ntasks=1
#SBATCH --cpus-per-task=4
#SBATCH --mem=16G
#SBATCH --time=08:00:00
#SBATCH --signal=B:TERM@30
#SBATCH --output=assay-%A_%a.log
set -uo pipefail

cd "${SLURM_SUBMIT_DIR:?run it with sbatch}" || exit
export ASSAY_THREADS="${SLURM_CPUS_PER_TASK:-1}"
export ASSAY_GPUS="${SLURM_GPUS_ON_NODE:-0}"
# Slurm counts in MiB. It sets one of the two, and 0 where a job has all that the node has.
mebibytes="${SLURM_MEM_PER_NODE:-$((${SLURM_MEM_PER_CPU:-0} * ASSAY_THREADS))}"
if [ "$mebibytes" -gt 0 ]; then export ASSAY_MEMORY="$((mebibytes * 1048576))"; fi
# In front of a store that is reached over a network: a folder of the node, for this job alone.
if [ -z "${ASSAY_STORE_CACHE:-}" ]; then
  ASSAY_STORE_CACHE=$(mktemp -d "${TMPDIR:-/tmp}/assay-cache.XXXXXX") || exit
  export ASSAY_STORE_CACHE
  trap 'rm -rf "$ASSAY_STORE_CACHE"' EXIT
fi

# Half a minute before the time limit Slurm sends SIGTERM to this script alone. The worker hands
# over what it has begun.
is_over=no
trap 'is_over=yes; kill -TERM "${worker-}" 2> /dev/null' TERM
node node_modules/assay/cli/assay.mjs worker --until-idle --idle-seconds 60 "$@" &
worker=$!
wait "$worker"
code=$?
if [ "$is_over" = yes ]; then
  # The first wait ended with the signal, not with the worker.
  wait "$worker"
  echo "the time of the job is over" >&2
  exit 0
fi
exit "$code"
