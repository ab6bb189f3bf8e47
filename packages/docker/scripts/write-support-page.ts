import { writeFileSync } from 'node:fs'
import { supportPage } from '../src/attributes/support-page.ts'
import { attributeTable } from '../src/attributes/table.ts'

writeFileSync(new URL('../../../doc/COMPOSE-SUPPORT.md', import.meta.url), supportPage(attributeTable()))
