// Writes docs/answers.md from the schema of answers: node scripts/docs.mjs (after a build). A test compares the two.
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { answersPage } from '../dist/src/answers/page.js';

writeFileSync(fileURLToPath(new URL('../docs/answers.md', import.meta.url)), answersPage());
