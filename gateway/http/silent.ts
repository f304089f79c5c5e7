const nothing = () => {};

/** A logger for Apollo's parts, which says nothing: what they have to say may quote a query or an answer. */
export const silent = { debug: nothing, info: nothing, warn: nothing, error: nothing };
