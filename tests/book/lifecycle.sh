# The sample that the chapter is about.
cd "$ROOT/plugins/handlers/order"
diff "$BOOK/blocks/1.yaml" template.yaml
