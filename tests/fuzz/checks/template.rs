//! Any text is a template or is refused in words; a template means the same however it is kept, and
//! its steps have an order.

use tasker_domain::template::Template;

pub fn check(source: &str) {
    match Template::parse(source) {
        Err(refused) => assert!(!refused.findings.is_empty()),
        Ok(template) => {
            let kept = serde_json::to_value(&template).expect("a template is JSON");
            let read: Template = serde_json::from_value(kept).expect("what was kept can be read");
            assert_eq!(read, template);
            let steps = template.ordered();
            assert_eq!(steps.len(), template.steps.len());
            for step in steps {
                assert!(step.parents.iter().all(|parent| *parent < step.no));
            }
        }
    }
}
