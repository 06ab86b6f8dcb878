//! `subscribers!`

/// Exports functions as the subscribers of this component: one call, at the crate's root, in place of
/// [`handlers!`](crate::handlers).
///
/// Each is listed by its name, or `name => path::to::function`; the doc comment is what people read in the
/// registry. `#![capabilities(…)]` at the top says what the component wants to be granted.
///
/// ```
/// use tasker_sdk::prelude::*;
///
/// tasker_sdk::subscribers! {
///     #![capabilities("kv totals")]
///
///     /// Counts the tasks of a day that ended well.
///     totals,
/// }
///
/// fn totals(ctx: &Context, event: Event) -> Result<(), Failure> {
///     let totals = ctx.kv("totals");
///     let before = totals.get::<u64>(event.day())?;
///     totals.replace(event.day(), &before, &(before.value().unwrap_or(&0) + 1))
/// }
/// # fn main() {
/// let ctx = tasker_sdk::testing::Attempt::new().context();
/// let event = tasker_sdk::testing::event("tasker.task.completed", json!({}));
/// let day = event.day().to_owned();
/// SUBSCRIBERS.handle("totals", &ctx, event).unwrap();
/// assert_eq!(ctx.kv("totals").get::<u64>(&day).unwrap().value(), Some(&1));
/// # }
/// ```
///
/// What a subscriber writes to kv takes effect together with the position of the subscription: each event
/// counts once, whatever crashes. It defines the static `SUBSCRIBERS`, of type
/// [`Subscribers`](crate::Subscribers), so that tests can run subscribers as the host does.
#[macro_export]
macro_rules! subscribers {
    (
        $(#![capabilities($($capability:literal),+ $(,)?)])?
        $($(#[doc = $line:literal])* $name:ident $(=> $function:path)?),+ $(,)?
    ) => {
        /// The subscribers of this component.
        pub static SUBSCRIBERS: $crate::Subscribers = $crate::Subscribers::new(
            &[$($crate::subscriber::Entry {
                name: stringify!($name),
                description: &[$($line),*],
                run: {
                    // A function of the subscriber's name, to be seen where it traps.
                    fn $name(ctx: &$crate::Context, event: $crate::subscriber::Event) -> Result<(), $crate::Failure> {
                        $crate::subscriber::Subscriber::run(&$crate::__function!($name $($function)?), ctx, event)
                    }
                    $name
                },
            }),+],
            &[$($($capability),+)?],
        );

        const _: () = {
            // A name given twice does not compile.
            #[allow(dead_code, non_camel_case_types, reason = "subscribers are named as functions are")]
            enum Names { $($name),+ }
            $crate::__export_subscribers!();
        };
    };
}

/// The component's exports; natively there is nothing to export to.
#[doc(hidden)]
#[macro_export]
macro_rules! __export_subscribers {
    () => {
        #[cfg(target_family = "wasm")]
        mod exported {
            use $crate::subscriber_bindings::exports::tasker::step as contract;

            struct Component;

            impl contract::subscriber::Guest for Component {
                fn handle(name: String, event: contract::subscriber::Event) -> Result<(), contract::subscriber::Failure> {
                    $crate::entry::handle(&super::SUBSCRIBERS, &name, event)
                }
            }

            impl contract::descriptor::Guest for Component {
                fn describe() -> String {
                    super::SUBSCRIBERS.describe()
                }
            }

            $crate::subscriber_bindings::export!(Component with_types_in $crate::subscriber_bindings);
        }
    };
}
