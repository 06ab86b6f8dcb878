basics reports/basics 1.0.0
template reports/daily 1.0.0 <<'EOF'
steps: [{name: report, handler: basics/echo}]
EOF
mkdir -p config/tasker/tasks
cat >head.yaml <<'EOF'
name: process_refund
namespace_name: payments
version: 1.0.0
input_schema: {type: object}
steps:
  - name: check
    handler: {callable: Payments::CheckHandler}
EOF
cat >step.yaml <<'EOF'
  - name: route
    type: decision
    handler: {callable: Payments::RouteHandler}
    dependencies: [check]
EOF
# The step is in line 60, its type in the next one.
{ cat head.yaml; seq 8 59 | sed 's/.*/#/'; cat step.yaml; } >config/tasker/tasks/process_refund.yaml
