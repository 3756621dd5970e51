import { Controller, Get, Header } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { Answers } from '../openapi/answers.js';
import { problemsPage } from './problems-page.js';
import { PAGE_POLICY } from '../platform/server/safe-headers.js';

@ApiTags('operation')
@Controller('problems')
export class ProblemsController {
  private readonly page = problemsPage();

  @Get()
  @Header('content-type', 'text/html; charset=utf-8')
  @Header('content-security-policy', PAGE_POLICY)
  @ApiOperation({ summary: 'The table of problems, to which `type` of a problem links' })
  @Answers(200, 'A page with an anchor for each code', '<!doctype html>', {
    mediaType: 'text/html',
  })
  all(): string {
    return this.page;
  }
}
