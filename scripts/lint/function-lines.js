/**
 * The length of functions: their lines from the first to the last, without the callbacks of
 * `describe` and `describeOnInTestNode` inside. `max-lines-per-function` of ESLint cannot leave
 * those out.
 */
const isSuite = ({ type, callee }) =>
  type === 'CallExpression' && /^describe(OnInTestNode)?$/.test(nameOf(callee));

function nameOf(callee) {
  if (callee.type === 'Identifier') return callee.name;
  if (callee.type === 'MemberExpression') return nameOf(callee.object);
  if (callee.type === 'CallExpression') return nameOf(callee.callee);
  return '';
}

const linesOf = ({ loc }) => loc.end.line - loc.start.line + 1;

/** ESLint rule with one option: the largest accepted number of lines. */
export const maxFunctionLines = {
  meta: {
    type: 'suggestion',
    schema: [{ type: 'integer', minimum: 1 }],
    messages: { tooLong: 'This function has {{lines}} lines; the limit is {{limit}}.' },
  },
  create(context) {
    const [limit] = context.options;
    /** Lines of suites inside each function that is open, outermost first. */
    const open = [];
    const enter = () => open.push(0);
    const leave = (node) => {
      const inSuites = open.pop();
      if (isSuite(node.parent)) {
        if (open.length > 0) open[open.length - 1] += linesOf(node);
        return;
      }
      const lines = linesOf(node) - inSuites;
      if (open.length > 0) open[open.length - 1] += inSuites;
      if (lines > limit) context.report({ node, messageId: 'tooLong', data: { lines, limit } });
    };
    const functions = 'FunctionDeclaration, FunctionExpression, ArrowFunctionExpression';
    return { [`:matches(${functions})`]: enter, [`:matches(${functions}):exit`]: leave };
  },
};
