//! A component apart from the libraries that it is linked with.
//!
//! Tools for interpreted languages link a component dynamically: the interpreter and its libraries are core modules of their
//! own, which import their memory, and are the same in every component of the language; what differs is a module that has the
//! memory with all that was in it. So a component is compiled as if it imported its large libraries, each library is compiled by
//! itself, and a host does so once for all components that have it. What runs is the same.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::ops::Range;
use tasker_domain::digest::Digest;
use wasm_encoder::reencode::{Error as EncodeError, Reencode as _, RoundtripReencoder};
use wasm_encoder::{
    Component, ComponentImportSection, ComponentTypeRef, CoreTypeSection, EntityType, ModuleType,
    RawSection,
};
use wasmparser::{
    BinaryReaderError, ExternalKind, FuncType, Instance, Parser, Payload, TypeRef, ValType,
};

/// Bytes from which on a library is compiled by itself: a smaller one is compiled sooner than found.
const MIN_LIBRARY_BYTES: usize = 64 << 10;
/// Libraries that are compiled by themselves. The pool does not count what instances of them hold beside a memory: each has the
/// bound of one module.
pub(super) const MAX_LIBRARIES: usize = 8;

/// The name of the import that stands for a library, by its place.
pub(super) fn import_name(no: usize) -> String {
    format!("library{no}")
}

/// A component whose libraries are apart.
pub(super) struct Linked<'a> {
    /// In the order of their imports.
    pub(super) libraries: Vec<Library<'a>>,
    /// The bytes of a component that imports them.
    pub(super) program: Cow<'a, [u8]>,
}

/// A core module that is the same in many components.
pub(super) struct Library<'a> {
    pub(super) digest: Digest,
    pub(super) bytes: &'a [u8],
}

impl<'a> Linked<'a> {
    /// Without libraries where none is large enough, or the component is of a form that is compiled as a whole.
    pub(super) fn of(bytes: &'a [u8]) -> Self {
        let Ok(Some(outline)) = Outline::read(bytes) else {
            return Self::whole(bytes);
        };
        let libraries = outline.libraries(bytes);
        if libraries.is_empty() {
            return Self::whole(bytes);
        }
        let library = |(module, _): &(Module, ModuleType)| {
            let bytes = &bytes[module.code.clone()];
            Library {
                digest: Digest::of(bytes),
                bytes,
            }
        };
        Self {
            libraries: libraries.iter().map(library).collect(),
            program: outline.without(&libraries, bytes).into(),
        }
    }

    fn whole(bytes: &'a [u8]) -> Self {
        Self {
            libraries: Vec::new(),
            program: bytes.into(),
        }
    }
}

/// The sections of a component, and what is in those that matter here.
#[derive(Default)]
struct Outline {
    sections: Vec<Section>,
    modules: Vec<Module>,
    /// How often each module is instantiated, by its index.
    instances: HashMap<u32, usize>,
}

struct Section {
    id: u8,
    range: Range<usize>,
    /// The index of the module that it is, if it is one.
    module: Option<u32>,
}

#[derive(Clone)]
struct Module {
    index: u32,
    code: Range<usize>,
}

impl Outline {
    /// None where a module may have another index than its place, a type of the component another one once some are added, or
    /// a component inside this one may instantiate a module; and where a section ends after the file, which is for the compiler
    /// to refuse.
    fn read(bytes: &[u8]) -> Result<Option<Self>, BinaryReaderError> {
        let mut outline = Self::default();
        let mut depth = 0;
        for payload in Parser::new(0).parse_all(bytes) {
            let payload = payload?;
            if moves_modules(&payload)? {
                return Ok(None);
            }
            if let Some((id, range)) = payload.as_section() {
                if range.end > bytes.len() {
                    return Ok(None);
                }
                if depth == 0 {
                    outline.add(&payload, id, range)?;
                }
            }
            match payload {
                Payload::ModuleSection { .. } | Payload::ComponentSection { .. } => depth += 1,
                Payload::End(_) if depth > 0 => depth -= 1,
                _ => {}
            }
        }
        Ok(Some(outline))
    }

    fn add(
        &mut self,
        payload: &Payload<'_>,
        id: u8,
        range: Range<usize>,
    ) -> Result<(), BinaryReaderError> {
        let mut module = None;
        match payload {
            Payload::ModuleSection { .. } => {
                let index = u32::try_from(self.modules.len()).unwrap_or(u32::MAX);
                let code = range.clone();
                self.modules.push(Module { index, code });
                module = Some(index);
            }
            Payload::InstanceSection(instances) => {
                for instance in instances.clone() {
                    if let Instance::Instantiate { module_index, .. } = instance? {
                        *self.instances.entry(module_index).or_default() += 1;
                    }
                }
            }
            _ => {}
        }
        self.sections.push(Section { id, range, module });
        Ok(())
    }

    /// The largest modules that are libraries, in the order of the component, and how each is imported.
    fn libraries(&self, bytes: &[u8]) -> Vec<(Module, ModuleType)> {
        let mut large: Vec<&Module> = self.modules.iter().collect();
        large.retain(|module| {
            module.code.len() >= MIN_LIBRARY_BYTES && self.instances.get(&module.index) == Some(&1)
        });
        large.sort_by_key(|module| std::cmp::Reverse(module.code.len()));
        let typed = |module: &Module| {
            let ty = library_type(&bytes[module.code.clone()]).ok().flatten()?;
            Some((module.clone(), ty))
        };
        let mut libraries: Vec<_> = large
            .into_iter()
            .filter_map(typed)
            .take(MAX_LIBRARIES)
            .collect();
        libraries.sort_by_key(|(module, _)| module.index);
        libraries
    }

    /// The component with an import in the place of each library, so that every index stays.
    fn without(&self, libraries: &[(Module, ModuleType)], bytes: &[u8]) -> Vec<u8> {
        let mut component = Component::new();
        for section in &self.sections {
            let no = section
                .module
                .and_then(|index| libraries.iter().position(|(it, _)| it.index == index));
            match no {
                Some(no) => import(no, &libraries[no].1, &mut component),
                None => {
                    component.section(&RawSection {
                        id: section.id,
                        data: &bytes[section.range.clone()],
                    });
                }
            }
        }
        component.finish()
    }
}

fn import(no: usize, ty: &ModuleType, component: &mut Component) {
    let mut types = CoreTypeSection::new();
    types.ty().module(ty);
    component.section(&types);
    let mut imports = ComponentImportSection::new();
    let index = u32::try_from(no).expect("there are few libraries");
    imports.import(import_name(no).as_str(), ComponentTypeRef::Module(index));
    component.section(&imports);
}

/// True for a section that takes a place among core modules or types, other than by a module.
fn moves_modules(section: &Payload<'_>) -> Result<bool, BinaryReaderError> {
    use wasmparser::{ComponentAlias as Alias, ComponentExternalKind, ComponentOuterAliasKind};
    match section {
        Payload::CoreTypeSection(_) => return Ok(true),
        Payload::ComponentExportSection(exports) => {
            for export in exports.clone() {
                if export?.kind == ComponentExternalKind::Module {
                    return Ok(true);
                }
            }
        }
        Payload::ComponentImportSection(imports) => {
            for import in imports.clone() {
                if matches!(import?.ty, wasmparser::ComponentTypeRef::Module(_)) {
                    return Ok(true);
                }
            }
        }
        Payload::ComponentAliasSection(aliases) => {
            for alias in aliases.clone() {
                let moves = match alias? {
                    Alias::InstanceExport { kind, .. } => kind == ComponentExternalKind::Module,
                    Alias::Outer { kind, .. } => matches!(
                        kind,
                        ComponentOuterAliasKind::CoreModule | ComponentOuterAliasKind::CoreType
                    ),
                    Alias::CoreInstanceExport { .. } => false,
                };
                if moves {
                    return Ok(true);
                }
            }
        }
        _ => {}
    }
    Ok(false)
}

/// How a library is imported; none for a module that has a memory or a table of its own, or that uses types which a component
/// cannot name as easily.
fn library_type(bytes: &[u8]) -> Result<Option<ModuleType>, EncodeError> {
    let mut entities = Entities::default();
    let mut has_memory = false;
    for payload in Parser::new(0).parse_all(bytes) {
        match payload? {
            Payload::TypeSection(types) => {
                for ty in types.into_iter_err_on_gc_types() {
                    entities.types.push(ty?);
                }
            }
            Payload::ImportSection(imports) => {
                for import in imports.into_imports() {
                    let import = import?;
                    has_memory |= matches!(import.ty, TypeRef::Memory(_));
                    entities.add(import.ty);
                    entities
                        .imports
                        .push((import.module, import.name, import.ty));
                }
            }
            Payload::FunctionSection(functions) => {
                for ty in functions {
                    entities.add(TypeRef::Func(ty?));
                }
            }
            Payload::GlobalSection(globals) => {
                for global in globals {
                    entities.add(TypeRef::Global(global?.ty));
                }
            }
            Payload::MemorySection(_) | Payload::TableSection(_) | Payload::TagSection(_) => {
                return Ok(None);
            }
            Payload::ExportSection(exports) => {
                for export in exports {
                    let export = export?;
                    let Some(ty) = entities.get(export.kind, export.index) else {
                        return Ok(None);
                    };
                    entities.exports.push((export.name, ty));
                }
                break;
            }
            _ => {}
        }
    }
    if !has_memory {
        return Ok(None);
    }
    entities.module_type()
}

/// What a module has in the index spaces of what it may export.
#[derive(Default)]
struct Entities<'a> {
    types: Vec<FuncType>,
    functions: Vec<TypeRef>,
    globals: Vec<TypeRef>,
    tables: Vec<TypeRef>,
    memories: Vec<TypeRef>,
    imports: Vec<(&'a str, &'a str, TypeRef)>,
    exports: Vec<(&'a str, TypeRef)>,
}

impl Entities<'_> {
    fn add(&mut self, ty: TypeRef) {
        match ty {
            TypeRef::Func(_) | TypeRef::FuncExact(_) => self.functions.push(ty),
            TypeRef::Global(_) => self.globals.push(ty),
            TypeRef::Table(_) => self.tables.push(ty),
            TypeRef::Memory(_) => self.memories.push(ty),
            // Those who import one are no library.
            TypeRef::Tag(_) => {}
        }
    }

    fn get(&self, kind: ExternalKind, index: u32) -> Option<TypeRef> {
        let space = match kind {
            ExternalKind::Func | ExternalKind::FuncExact => &self.functions,
            ExternalKind::Global => &self.globals,
            ExternalKind::Table => &self.tables,
            ExternalKind::Memory => &self.memories,
            ExternalKind::Tag => return None,
        };
        space.get(index as usize).copied()
    }

    fn module_type(self) -> Result<Option<ModuleType>, EncodeError> {
        let is_plain = |ty: &ValType| !matches!(ty, ValType::Ref(ty) if ty.is_concrete_type_ref());
        let mut module = ModuleType::new();
        for ty in self.types {
            if !ty.params().iter().chain(ty.results()).all(is_plain) {
                return Ok(None);
            }
            module.ty().func_type(&RoundtripReencoder.func_type(ty)?);
        }
        let mut names = HashSet::new();
        for (from, name, ty) in self.imports {
            // In the type of a module each is named once.
            if matches!(ty, TypeRef::Tag(_)) || !names.insert((from, name)) {
                return Ok(None);
            }
            module.import(from, name, entity(ty)?);
        }
        for (name, ty) in self.exports {
            module.export(name, entity(ty)?);
        }
        Ok(Some(module))
    }
}

fn entity(ty: TypeRef) -> Result<EntityType, EncodeError> {
    RoundtripReencoder.entity_type(ty)
}
