export {
  CUT_MODELS,
  type CutModel,
  type FlashCall,
  type Geometry,
  PowerCut,
  SimulatedFlash,
  simulatedFlash,
} from './simulated-flash.ts';
