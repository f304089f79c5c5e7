// Apollo's gateway reports to its maker unless this is set before it is loaded. Imported before it for that reason.
process.env.APOLLO_TELEMETRY_DISABLED = 'true';
