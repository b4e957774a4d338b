import type { Assessment } from '../types.js';

/** Schema 1 of `--json`: its keys are a contract, so each is named here. */
export function jsonOf({ ml, level, dimensions, rows, findings, told }: Assessment) {
  const { creation, release, app } = dimensions;
  return {
    schema: 1 as const,
    ml,
    level,
    dimensions: { creation, release, app },
    characteristics: rows.map(({ id, label, holds, evidence, next }) => ({
      id,
      label,
      holds,
      evidence: evidence.map(({ path, line, found }) => ({ path, line, found })),
      next,
    })),
    findings: findings.map(({ id, severity, path, line, fix }) => ({ id, severity, path, line, fix })),
    told,
  };
}
