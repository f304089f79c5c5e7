import { GraphQLError, type GraphQLSchema, type OperationDefinitionNode, type ValidationRule } from 'graphql';

/** Refuses `__proto__` as the name of a field in the answer: objects can't hold it, so an answer under it would look like a subgraph's garbage. */
export const noPrototype: ValidationRule = (context) => ({
  Field: (node) => {
    if (node.alias?.value === '__proto__')
      context.reportError(new GraphQLError('A field can not be called __proto__. Choose another alias.', { nodes: node }));
  },
});

/** Why the operation that was asked for can't be planned, or null. graphql-js finds out only on executing it, and Apollo's planner calls it a fault of its own. */
export function wrongOperation(schema: GraphQLSchema, operation: OperationDefinitionNode | null | undefined): GraphQLError | null {
  if (!operation) return refusal('OPERATION_RESOLUTION_FAILURE', 'Name one of the operations of the query in operationName.');
  if (schema.getRootType(operation.operation)) return null;
  return refusal('GRAPHQL_VALIDATION_FAILED', `There is no ${operation.operation} to ask for. Send a query or a mutation.`);
}

function refusal(code: string, message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code, http: { status: 400 } } });
}
